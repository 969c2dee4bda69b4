import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, unlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { ConfigError } from '../../../core/errors.ts';
import { makeFolder } from '../../../core/make-folder.ts';
import { BUILD_INDEX, type BuildIndex, parseBuildIndex, renderBuildIndex } from './build-index.ts';
import type { BuildChange, StandingBuild } from './compare-builds.ts';
import type { BuildFiles } from './plan-build.ts';

/**
 * Reads what stands in the folder of a build; of files that a build would not touch only their names.
 * @param shown The folder as the user would type it.
 * @throws ConfigError `HERMES_BUILD_INDEX` when its index cannot be understood, `HERMES_BUILD_FOREIGN` when it is a file
 */
export function readBuildFolder(folder: string, build: BuildFiles, shown: string): StandingBuild {
  const names = readdirIfThere(folder, shown);
  const index = names.includes(BUILD_INDEX)
    ? parseBuildIndex(readFileSync(join(folder, BUILD_INDEX), 'utf8'), join(shown, BUILD_INDEX), OTHER_INDEX)
    : undefined;
  const own = new Set([...build.keys(), ...Object.keys(index?.files ?? {})]);
  const hashes = names
    .filter((name) => own.has(name))
    .map((name) => [name, hashOfFile(join(folder, name))] as const);
  return { ...(index === undefined ? {} : { index }), names, hashes: new Map(hashes) };
}

const OTHER_INDEX =
  'Bring back the file as it was, delete it with the hermes_… files beside it, or choose another folder with --out.';

const PIECE_BYTES = 1 << 20;
/** Not forced to the disk: after a failure of the machine the next compile finds what is missing by its hash. */
const RENAMED = { fsync: false };

/**
 * Writes what changed, each file at once and whole, and then removes what is over. Until all is done the index lists old
 * and new files, so that another compile finishes what this one could not. A loader whose manifest changed looks changed,
 * too: Airflow reads again what is younger than its last look.
 */
export async function applyBuild(folder: string, build: BuildFiles, change: BuildChange): Promise<void> {
  if (change.write.length + change.remove.length === 0) return;
  makeFolder(folder);
  const index = JSON.parse(build.get(BUILD_INDEX) ?? '') as BuildIndex;
  const leaving = Object.fromEntries(change.remove.map((name) => [name, '']));
  await writeFileAtomic(
    join(folder, BUILD_INDEX),
    renderBuildIndex({ ...index, dags: change.before, files: { ...index.files, ...leaving } }),
  );
  for (const name of change.write)
    if (name !== BUILD_INDEX) await writeFileAtomic(join(folder, name), build.get(name) ?? '', RENAMED);
  for (const name of change.remove) unlinkSync(join(folder, name));
  touchLoaders(folder, build, change);
  await writeFileAtomic(join(folder, BUILD_INDEX), build.get(BUILD_INDEX) ?? '');
}

function touchLoaders(folder: string, build: BuildFiles, { write }: BuildChange): void {
  const now = new Date();
  for (const name of write.filter((each) => each.endsWith('.json'))) {
    const loader = name.replace(/\.json$/, '.py');
    if (build.has(loader)) utimesSync(join(folder, loader), now, now);
  }
}

function readdirIfThere(folder: string, shown: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code !== 'ENOTDIR') throw error;
    throw new ConfigError(`Cannot compile into ${shown}: a file lies where a folder belongs.`, {
      code: 'HERMES_BUILD_FOREIGN',
      nextStep: 'Choose a folder with --out.',
    });
  }
}

/** Read in pieces: a build may be larger than what is left of the memory. */
function hashOfFile(path: string): string {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(PIECE_BYTES);
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece))
      hash.update(piece.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}
