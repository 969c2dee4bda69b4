import { readAddress } from './address.ts';
import { askHealth } from './health.ts';

/**
 * Whether a workspace that is up at an address is another one than that of a folder. Ports are used again: ids of runs
 * behind such an address are not those of this folder.
 */
export async function isOtherWorkspace(url: string, folder: string): Promise<boolean> {
  const there = await askHealth(url);
  return there !== undefined && there.instance !== readAddress(folder)?.instance;
}
