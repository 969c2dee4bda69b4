import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isWithin } from '../../core/is-within.ts';
import { localPath } from '../jobs/locations.ts';
import { viewOfRun, type Zone } from '../spark/zones.ts';
import type { DriverFolder } from './driver.ts';
import type { PythonEnvironment } from './python-environment.ts';

/** Where the data and the secrets of this machine lie. */
export interface Places {
  /** The workspace's folder: database, tokens, logs of all runs. */
  readonly folder: string;
  readonly zones: readonly Zone[];
  /** Folders that no run may read or change. */
  readonly protectedFolders: readonly string[];
  /** Folders that a run may read, and never change. */
  readonly keptFolders: readonly string[];
}

/** What a run may touch; the words of `driver/hermes_sandbox.py`. */
export interface SandboxPlan {
  readonly own: readonly string[];
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly temporary: readonly string[];
  readonly production: readonly string[];
  readonly workspace: readonly string[];
  readonly kept: readonly string[];
  readonly zone: readonly string[];
}

// null, terminals, shared memory.
const DEVICES = '/dev';
// The disk of a driver.
const TEMPORARY = ['/tmp', '/var/tmp', '/dev/shm'];

/**
 * Decides what a run may touch, by the variables of its cluster: it writes to its own folder, its Products zone (also
 * the one that its Spark has when the variables name none) and places for temporary files; it reads everything but the
 * workspace's folder and, unless it is its own zone, the data of production.
 */
export function planSandbox(
  places: Places,
  folder: DriverFolder,
  { modules, bin, python }: PythonEnvironment,
  otherModules: readonly string[],
  variables: Readonly<Record<string, string>>,
): SandboxPlan {
  const zone = localPath(variables.HERMES_PRODUCTS_ZONE ?? '');
  const hidden = [places.folder, ...places.protectedFolders];
  const { products, isWritable } = viewOfRun(variables, places.zones, [...hidden, ...places.keptFolders]);
  const zones = [...new Set([zone ?? [], isWritable ? (products ?? []) : []].flat())];
  const environment = bin === undefined ? [python] : [join(bin, '..')];
  return {
    own: [folder.root],
    read: [...environment, ...(modules === undefined ? [] : [modules]), ...otherModules],
    write: [...zones, DEVICES],
    temporary: TEMPORARY,
    production: places.zones
      .filter(({ production, products }) => production && !isProductionRun(variables, zone, products))
      .map(({ products }) => products),
    workspace: hidden,
    kept: places.keptFolders,
    zone: zones,
  };
}

/** Writes the plan into the run's folder, and makes the Products zone so that the run may. Answers the file. */
export function writeSandboxPlan(plan: SandboxPlan, folder: DriverFolder): string {
  for (const zone of plan.zone) makeZone(zone, [...plan.production, ...plan.workspace, ...plan.kept]);
  const file = join(folder.root, 'sandbox');
  const words = Object.entries(plan).flatMap(([what, paths]: [string, readonly string[]]) =>
    paths.flatMap((path) => [what, path]),
  );
  writeFileSync(file, words.map((word) => `${word}\0`).join(''), { mode: 0o600 });
  return file;
}

/** A zone that cannot be made is told to the script, when it writes there. */
function makeZone(zone: string, closed: readonly string[]): void {
  if (closed.some((folder) => isWithin(zone, folder))) return;
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
