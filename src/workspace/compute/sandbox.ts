import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { localPath } from '../jobs/locations.ts';
import type { Zone } from '../spark/zones.ts';
import type { DriverFolder } from './driver.ts';
import type { PythonEnvironment } from './python-environment.ts';

/** Where the data and the secrets of this machine lie. */
export interface Places {
  /** The workspace's folder: database, tokens, logs of all runs. */
  readonly folder: string;
  readonly zones: readonly Zone[];
  /** Folders that no run may read or change. */
  readonly protectedFolders: readonly string[];
}

/** What a run may touch; the words of `driver/hermes_sandbox.py`. */
export interface SandboxPlan {
  readonly own: readonly string[];
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly production: readonly string[];
  readonly workspace: readonly string[];
  readonly zone: readonly string[];
}

// The disk of a driver; /dev has null, shm and terminals.
const TEMPORARY = ['/tmp', '/var/tmp', '/dev'];

/**
 * Decides what a run may touch, by the variables of its cluster: it writes to its own folder, its Products zone and
 * places for temporary files; it reads everything but the workspace's folder and, unless it is its own zone, the data
 * of production.
 */
export function planSandbox(
  places: Places,
  folder: DriverFolder,
  { modules, bin, python }: PythonEnvironment,
  otherModules: readonly string[],
  variables: Readonly<Record<string, string>>,
): SandboxPlan {
  const zone = localPath(variables.HERMES_PRODUCTS_ZONE ?? '');
  const environment = bin === undefined ? [python] : [join(bin, '..')];
  return {
    own: [folder.root],
    read: [...environment, ...(modules === undefined ? [] : [modules]), ...otherModules],
    write: [...(zone === undefined ? [] : [zone]), ...TEMPORARY],
    production: places.zones
      .filter(({ production, products }) => production && !isProductionRun(variables, zone, products))
      .map(({ products }) => products),
    workspace: [places.folder, ...places.protectedFolders],
    zone: zone === undefined ? [] : [zone],
  };
}

/** Writes the plan into the run's folder, and makes the Products zone so that the run may. Answers the file. */
export function writeSandboxPlan(plan: SandboxPlan, folder: DriverFolder): string {
  for (const zone of plan.zone) makeZone(zone, [...plan.production, ...plan.workspace]);
  const file = join(folder.root, 'sandbox');
  const words = Object.entries(plan).flatMap(([what, paths]: [string, readonly string[]]) =>
    paths.flatMap((path) => [what, path]),
  );
  writeFileSync(file, words.map((word) => `${word}\0`).join(''), { mode: 0o600 });
  return file;
}

/** A zone that cannot be made is told to the script, when it writes there. */
function makeZone(zone: string, hidden: readonly string[]): void {
  if (hidden.some((folder) => !relative(folder, zone).startsWith('..'))) return;
  try {
    mkdirSync(zone, { recursive: true });
  } catch {
    // Whoever writes there gets the reason.
  }
}

function isProductionRun(
  variables: Readonly<Record<string, string>>,
  zone: string | undefined,
  products: string,
): boolean {
  return variables.HERMES_PRODUCTION === 'true' && zone !== undefined && relative(zone, products) === '';
}
