import { fileURLToPath } from 'node:url';
import { isWithin } from '../../core/is-within.ts';

/** The data of one environment on this machine. Its tables are `<products>/<database>/<table>`, as Delta. */
export interface Zone {
  /** `dev`, `prod`, …; the name of the catalog. */
  readonly name: string;
  /** Folder of the Products zone; it need not exist. */
  readonly products: string;
  readonly production: boolean;
  /** What stands before a database of production in reads from here; empty = production is not to be read. */
  readonly readPrefix: string;
}

/** What a session may see: tables of its own zone to write, those of others by their prefix to read. */
export interface ZoneView {
  readonly name: string;
  /** Absent when the Products zone is no folder of this machine. */
  readonly products?: string;
  readonly isWritable: boolean;
  readonly shared: readonly { readonly prefix: string; readonly folder: string }[];
}

/**
 * What a run sees, by the variables of its cluster (docs/reference/hermes-runtime.md); a run that no environment of
 * Hermes was given to sees the first zone that is not production's. Production is changed by what says to be of it only.
 * @param closed Folders that no run may change, nor what they lie in
 */
export function viewOfRun(
  variables: Readonly<Record<string, string>>,
  zones: readonly Zone[],
  closed: readonly string[] = [],
): ZoneView {
  const home = zones.find((zone) => !zone.production);
  if (!variables.HERMES_ENVIRONMENT && home !== undefined) return viewOfZone(home, zones, true);
  const name = variables.HERMES_ENVIRONMENT || 'default';
  const products = folderOf(variables.HERMES_PRODUCTS_ZONE ?? '');
  return {
    name,
    ...(products === undefined ? {} : { products }),
    isWritable:
      (variables.HERMES_PRODUCTION === 'true' || !reachesAny(products, foldersOfProduction(zones))) &&
      !reachesAny(products, closed),
    shared: sharedBy(variables.HERMES_READ_PREFIX ?? '', zones, products),
  };
}

/** What SQL statements see in an environment. @param isWritable Whether they may change its tables */
export function viewOfZone(zone: Zone, zones: readonly Zone[], isWritable: boolean): ZoneView {
  const { name, products, readPrefix } = zone;
  return { name, products, isWritable, shared: sharedBy(readPrefix, zones, products) };
}

function sharedBy(prefix: string, zones: readonly Zone[], own: string | undefined): ZoneView['shared'] {
  if (prefix === '') return [];
  return zones
    .filter((zone) => zone.production && zone.products !== own)
    .map((zone) => ({ prefix, folder: zone.products }));
}

/** Whether a folder is one of these, or one of the two lies in the other. */
function reachesAny(folder: string | undefined, others: readonly string[]): boolean {
  return others.some((other) => folder !== undefined && (isWithin(folder, other) || isWithin(other, folder)));
}

function foldersOfProduction(zones: readonly Zone[]): string[] {
  return zones.filter((zone) => zone.production).map((zone) => zone.products);
}

function folderOf(zone: string): string | undefined {
  if (!zone.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(zone).replace(/\/+$/, '');
  } catch {
    return undefined;
  }
}
