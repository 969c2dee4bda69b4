import { existsSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/**
 * Makes sure that a folder can be made, before work whose result belongs into it: makes it, and removes it again with
 * those above it that were missing too.
 * @param folder Absolute path of nothing that stands.
 * @throws what {@link makeFolder} throws
 */
export function tryFolder(folder: string): void {
  const missing = missingFolders(folder);
  try {
    makeFolder(folder);
  } finally {
    for (const one of missing) removeEmpty(one);
  }
}

/** The folder and those above it, innermost first. */
function missingFolders(folder: string): string[] {
  const parent = dirname(folder);
  return existsSync(folder) || parent === folder ? [] : [folder, ...missingFolders(parent)];
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It was never made, or somebody uses it already.
  }
}
