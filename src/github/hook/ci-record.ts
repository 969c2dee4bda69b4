import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../core/make-folder.ts';
import type { CiRun } from './ci-run.ts';

/** The folder of one CI run: `log.txt` and `result.json`. */
export interface CiFolder {
  readonly number: number;
  readonly path: string;
  readonly log: string;
}

/** Takes the next free number of a repository; safe when two pushes arrive at once. */
export function openCiFolder(ciFolder: string, repository: string): CiFolder {
  const parent = join(ciFolder, repository);
  makeFolder(parent);
  for (let number = (runNumbers(parent).at(-1) ?? 0) + 1; ; number += 1) {
    const path = join(parent, String(number));
    try {
      mkdirSync(path);
      return { number, path, log: join(path, 'log.txt') };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Writes `result.json`, whole or not at all. */
export function writeCiRun(folder: CiFolder, run: CiRun): void {
  const aside = join(folder.path, '.result.json');
  writeFileSync(aside, `${JSON.stringify(run, undefined, 2)}\n`);
  renameSync(aside, join(folder.path, 'result.json'));
}

/** The last CI run of a commit that left a result. */
export function findCiRun(ciFolder: string, repository: string, commit: string): CiRun | undefined {
  const parent = join(ciFolder, repository);
  return runNumbers(parent)
    .reverse()
    .map((number) => readCiRun(join(parent, String(number))))
    .find((run) => run?.commit === commit);
}

function readCiRun(folder: string): CiRun | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

function runNumbers(parent: string): number[] {
  try {
    return readdirSync(parent)
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}
