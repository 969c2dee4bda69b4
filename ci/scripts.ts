import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { scriptNameProblem } from '../src/core/names.ts';

/** A script that a project publishes. */
interface Script {
  /** Name of the module: `monthly` for `monthly.py`. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
}

export interface FoundScripts {
  readonly scripts: readonly Script[];
  /** Modules whose names cannot be the name of a script, each with the reason. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * The scripts of a project: the modules directly inside its package, except `__init__.py` and those that begin with
 * `_`. The package is the folder named like the project (dashes become underscores), beside `pyproject.toml` or in
 * `src/`. Modules deeper inside are reached through the wheel.
 */
export function findScripts(projectFolder: string, projectName: string): FoundScripts {
  const folder = packageFolder(projectFolder, projectName);
  if (folder === undefined) return { scripts: [], skipped: [] };
  const modules = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.py') && !entry.name.startsWith('_'))
    .map((entry) => entry.name.slice(0, -'.py'.length))
    .sort();
  const problems = modules.map((name) => ({ name, problem: scriptNameProblem(name) }));
  return {
    scripts: problems
      .filter(({ problem }) => problem === undefined)
      .map(({ name }) => ({ name, path: join(folder, `${name}.py`) })),
    skipped: problems.flatMap(({ name, problem }) =>
      problem === undefined ? [] : [{ file: `${name}.py`, reason: problem }],
    ),
  };
}

/** The folder that tests and scripts import from: the project's own, or its `src`. */
export function importFolder(projectFolder: string, projectName: string): string {
  const source = join(projectFolder, 'src');
  return existsSync(join(source, moduleName(projectName))) ? source : projectFolder;
}

function packageFolder(projectFolder: string, projectName: string): string | undefined {
  const folder = join(importFolder(projectFolder, projectName), moduleName(projectName));
  return existsSync(folder) ? folder : undefined;
}

function moduleName(projectName: string): string {
  return projectName.replaceAll('-', '_');
}
