import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Home } from '../config/home.ts';
import { embeddedTeamVariable } from '../config/resolve-environment.ts';
import type { Zone } from '../workspace/spark/zones.ts';

const ALWAYS = ['dev', 'prod'];

/** The data of the environments on this machine: `dev`, `prod` and those that have a Products zone already. */
export function embeddedZones(home: Home): Zone[] {
  const names = new Set([...ALWAYS, ...foldersOf(dirname(home.products('dev')))]);
  return [...names].map((name) => {
    // The same for every team: only the place of uploads differs.
    const { production, read_prefix: readPrefix } = embeddedTeamVariable(name, 'any', home);
    return { name, products: home.products(name), production, readPrefix };
  });
}

/** What a run may read and never change: everything of the home but the Products zones and what no run may see. */
export function keptFolders(home: Home): string[] {
  return [
    dirname(home.artifacts('dev')),
    dirname(home.uploads('any')),
    home.git,
    home.ci,
    home.dagRuns,
    dirname(home.airflowDags('dev')),
    home.cache,
    home.bin,
  ];
}

function foldersOf(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && /^[a-z][a-z0-9_-]*$/.test(entry.name))
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}
