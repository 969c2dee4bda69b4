import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../core/package-root.ts';
import type { TemplateKind } from './answers.ts';

/** One file of a template as it lies in `repo-template/`. */
export interface TemplateFile {
  /** Relative, with `/`; may hold `{{name}}`; a file that is rendered ends in `.hbs`. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly executable: boolean;
}

/** All files of a template, in the order of their paths. */
export function readTemplate(kind: TemplateKind): TemplateFile[] {
  const folder = join(packageRoot, 'repo-template', kind);
  const files = filesBelow(folder, '');
  return kind === 'airflow' ? [...files, ...dagSchema()] : files;
}

/** The schema with which editors complete `*.dag.yaml`; its home is beside the code that it comes from. */
function dagSchema(): TemplateFile[] {
  return ['schema/dag.schema.json', 'src/dag/dag.schema.json']
    .map((path) => join(packageRoot, path))
    .filter((path) => existsSync(path))
    .slice(0, 1)
    .map((path) => ({ path: '.hermes/dag.schema.json', bytes: readFileSync(path), executable: false }));
}

function filesBelow(folder: string, prefix: string): TemplateFile[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .filter((entry) => entry.name !== '__pycache__')
    .flatMap((entry) => {
      const full = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(full, `${prefix}${entry.name}/`);
      const executable = (statSync(full).mode & 0o100) !== 0;
      return [{ path: prefix + entry.name, bytes: readFileSync(full), executable }];
    });
}
