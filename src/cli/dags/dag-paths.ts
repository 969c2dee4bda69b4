import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../core/errors.ts';

/** What to load when no path is given: the folder `dags`, else the DAG files of the folder itself. */
export function defaultDagPaths(folder: string): string[] {
  if (existsSync(join(folder, 'dags'))) return ['dags'];
  const files = readdirSync(folder).filter((name) => /\.dag\.(ts|ya?ml)$/.test(name));
  if (files.length > 0) return files.sort();
  throw new ConfigError('Cannot find DAG files: no folder dags and no *.dag.ts or *.dag.yaml is here.', {
    code: 'HERMES_NO_DAGS',
    facts: { folder },
    nextStep: 'Name a file or a folder, or go into the Airflow repository of the team.',
  });
}
