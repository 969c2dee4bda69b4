import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from './errors.ts';
import { printableLine } from './printable.ts';

/**
 * Makes a folder that a user names, and those above it. Nothing when it stands.
 * Goes down one folder at a time: `mkdir` of Node with `recursive` turns in a circle for ever where a file system says
 * that the parent is missing although it stands, as `/proc` does.
 * @param folder Absolute path.
 * @param mode Of every folder that is made; as the process' mask allows when absent.
 * @throws ConfigError where no folder can be made; the system's own error when it refuses, ENOTDIR for a file in the way
 */
export function makeFolder(folder: string, mode?: number): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent, mode);
  try {
    mkdirSync(folder, mode === undefined ? {} : { mode });
  } catch (error) {
    // Somebody else may have been quicker.
    if (!isFolder(folder)) throw refusal(error, folder, parent);
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false;
  }
}

function refusal(error: unknown, folder: string, parent: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EEXIST')
    return Object.assign(new Error(`ENOTDIR: not a directory, mkdir '${folder}'`, { cause: error }), {
      code: 'ENOTDIR',
      syscall: 'mkdir',
      path: folder,
    });
  if (code !== 'ENOENT' || !isFolder(parent)) return error;
  return new ConfigError(
    `Cannot make ${printableLine(folder)}: the file system of ${printableLine(parent)} takes no folders.`,
    { code: 'HERMES_NO_FOLDERS', nextStep: 'Choose another place.', cause: error },
  );
}
