import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { hermesVersion } from '../../core/package-root.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { BUILD_INDEX, parseBuildIndex } from '../../engines/airflow/compile/build-index.ts';
import { type BuildFiles, planBuild } from '../../engines/airflow/compile/plan-build.ts';
import type { Cli } from '../cli.ts';

/**
 * Reads what `hermes airflow compile` left in a folder, so that it is deployed by a job that runs no code of the
 * repository. That job's Hermes must write the very same files for the manifests there: whoever could change the folder
 * can change DAGs, but put no Python of his own into Airflow.
 * @throws ConfigError (`HERMES_BUILD_FOLDER`) for anything else
 */
export function readBuiltFolder(cli: Cli, folder: string): BuildFiles {
  const path = resolve(cli.cwd, folder);
  const text = readText(join(path, BUILD_INDEX));
  if (text === undefined) throw unfit(folder, `it holds no ${BUILD_INDEX}`);
  const index = parseBuildIndex(text, join(folder, BUILD_INDEX));
  if (index.form !== 'manifest')
    throw unfit(folder, 'its DAGs are Python files, which cannot be told from files that somebody changed');
  const files = new Map<string, string>([[BUILD_INDEX, text]]);
  for (const [name, hash] of Object.entries(index.files)) {
    const content = readText(join(path, name));
    if (content === undefined) throw unfit(folder, `${name} is missing`);
    if (sha256Hex(content) !== hash) throw unfit(folder, `${name} is not what was compiled`);
    files.set(name, content);
  }
  const manifests = [...files].filter(([name]) => name.endsWith('.json') && name !== BUILD_INDEX);
  const lines = manifests.flatMap(([, manifest]) =>
    manifest.split('\n').filter((line) => line.startsWith('{')),
  );
  const again = planBuild(
    lines.map((each) => {
      const line = each.replace(/,$/, '');
      const dagId = idOf(line, folder);
      return { dagId, line, sha256: sha256Hex(line), source: index.dags[dagId]?.source ?? '' };
    }),
  );
  const names = [...again.keys(), ...files.keys()].sort(
    (a, b) => Number(a === BUILD_INDEX) - Number(b === BUILD_INDEX),
  );
  const differing = names.find((name) => again.get(name) !== files.get(name));
  if (differing !== undefined)
    throw unfit(
      folder,
      `${differing} is not what Hermes ${hermesVersion} writes for these DAGs; they were compiled by ${index.builder}`,
    );
  return files;
}

function idOf(line: string, folder: string): string {
  try {
    const { dag_id: id } = JSON.parse(line) as { dag_id?: unknown };
    if (typeof id === 'string') return id;
  } catch {
    // The same answer as for a line without an id.
  }
  throw unfit(folder, 'a manifest holds a line that is no DAG');
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function unfit(folder: string, reason: string): ConfigError {
  return new ConfigError(`Cannot deploy the build in ${folder}: ${reason}.`, {
    code: 'HERMES_BUILD_FOLDER',
    nextStep: 'Compile it again, with the same version of Hermes: hermes airflow compile',
  });
}
