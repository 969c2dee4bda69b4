import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

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
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const aside = `${file}.${randomBytes(4).toString('hex')}`;
  writeFileSync(aside, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(aside, file);
}
