import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of Hermes' own package.json, whether this runs from sources or from `dist`. */
export const packageRoot: string = findUp(dirname(fileURLToPath(import.meta.url)));

/** Hermes' own version, from package.json. */
export const hermesVersion: string = JSON.parse(
  readFileSync(join(packageRoot, 'package.json'), 'utf8'),
).version;

function findUp(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findUp(dirname(folder));
}
