import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The repository that a folder is in, by its `hermes.yaml` or git; the folder itself where there is neither. */
export function repositoryFolder(folder: string): string {
  const start = resolve(folder);
  for (let path = start; ; path = dirname(path)) {
    if (['hermes.yaml', '.git'].some((name) => existsSync(join(path, name)))) return path;
    if (dirname(path) === path) return start;
  }
}
