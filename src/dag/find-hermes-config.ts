import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const FILE = 'hermes.config.ts';

/**
 * The `hermes.config.ts` that counts for a DAG file: the nearest one upwards, inside its repository. Where nothing says
 * where a repository begins (`.git`, `hermes.yaml`), the search ends at `cwd`, or at the folder of the file: no stranger's
 * code is run for it.
 */
export function findHermesConfig(dagFile: string, cwd: string): string | undefined {
  const folders = foldersUpwards(dirname(dagFile));
  const root = folders.findIndex((folder) =>
    ['.git', 'hermes.yaml'].some((name) => existsSync(join(folder, name))),
  );
  const last = root >= 0 ? root : Math.max(0, folders.indexOf(resolve(cwd)));
  return folders
    .slice(0, last + 1)
    .map((folder) => join(folder, FILE))
    .find((path) => existsSync(path));
}

function foldersUpwards(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersUpwards(parent)];
}
