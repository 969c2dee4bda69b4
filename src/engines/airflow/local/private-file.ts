import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { makeFolder } from '../../../core/make-folder.ts';

/** What a JSON file says; undefined when there is none, or none that can be read. */
export function readPrivately(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // The folder of another user: that there is nothing cannot be told.
    if ((error as NodeJS.ErrnoException).code === 'EACCES') throw error;
    return undefined;
  }
}

/** Writes a JSON file at once and whole, for its user alone. */
export function writePrivately(file: string, value: unknown): void {
  makeFolder(dirname(file), 0o700);
  writeFileAtomic.sync(file, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600, fsync: false });
}
