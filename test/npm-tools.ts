import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/core/package-root.ts';

const fixtures = join(packageRoot, 'test', 'fixtures', 'npm');
const cache = join(packageRoot, '.cache', 'npm');

/**
 * A folder in whose `node_modules` the packages are that `test/fixtures/npm/<name>` pins, with hashes.
 * Installed from the registry the first time, without any script of theirs, kept under `.cache/` afterwards.
 */
export function npmTools(name: 'prism' | 'graphql' | 'iam' | 'databricks-sql' | 'browser'): string {
  const pins = ['package.json', 'package-lock.json'];
  const hash = createHash('sha256');
  for (const file of pins) hash.update(readFileSync(join(fixtures, name, file)));
  const folder = join(cache, `${name}-${hash.digest('hex').slice(0, 12)}`);
  whole(folder, (aside) => {
    for (const file of pins) copyFileSync(join(fixtures, name, file), join(aside, file));
    npm(aside, ['ci', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund']);
  });
  return folder;
}

/** One package of which only some files are needed. */
interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** Of the whole tarball, as the registry says it. */
  readonly integrity: string;
}

/**
 * The path of one file of a package whose other files are too big to install; `test/fixtures/npm/<name>.json` pins it.
 * @throws Error when the package is not the one that was pinned
 */
export function npmFile(name: 'openapi', file: string): string {
  const pinned = JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')) as PinnedPackage;
  const folder = join(cache, `${name}-${pinned.version}`, file.replaceAll('/', '-'));
  whole(folder, (aside) => {
    npm(aside, ['pack', '--silent', '--ignore-scripts', `${pinned.name}@${pinned.version}`]);
    const [tarball = ''] = readdirSync(aside);
    const bytes = readFileSync(join(aside, tarball));
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    if (integrity !== pinned.integrity) throw new Error(`${tarball} is not what was pinned: ${integrity}`);
    execFileSync('tar', ['-xzf', tarball, '--strip-components=1', `package/${file}`], { cwd: aside });
    rmSync(join(aside, tarball));
  });
  return join(folder, file);
}

/** Whole or not at all: another run may install it too. */
function whole(folder: string, fill: (aside: string) => void): void {
  if (existsSync(folder)) return;
  mkdirSync(join(folder, '..'), { recursive: true });
  const aside = mkdtempSync(`${folder}-`);
  try {
    fill(aside);
    renameSync(aside, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function npm(folder: string, words: readonly string[]): void {
  execFileSync('npm', [...words], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}
