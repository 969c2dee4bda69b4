import { readAddress } from './address.ts';
import { askHealth } from './health.ts';

/** Whose workspace is up at an address: that of a folder, another one, or none. */
export type WorkspaceOwner = 'own' | 'other' | 'nobody';

/**
 * Asks the server at an address of this machine. Ports are used again: ids of runs behind an address of another
 * workspace are not those of the folder.
 */
export async function whoseWorkspace(url: string, folder: string): Promise<WorkspaceOwner> {
  const there = await askHealth(url);
  if (there === undefined) return 'nobody';
  return there.instance === readAddress(folder)?.instance ? 'own' : 'other';
}
