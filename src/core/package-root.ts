import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of Hermes' own package.json, whether this runs from sources or from `dist`. */
export const packageRoot: string = findUp(dirname(fileURLToPath(import.meta.url)));

/** What Hermes says of itself in package.json. */
export const packageManifest: {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));

/** Hermes' own version. */
export const hermesVersion: string = packageManifest.version;

function findUp(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findUp(dirname(folder));
}
