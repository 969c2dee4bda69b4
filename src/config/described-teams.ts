import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../core/json.ts';
import { nearestFile } from '../core/nearest-file.ts';
import { readHermesYaml } from './hermes-yaml.ts';

const VARIABLE = /^hermes_(.+)$/;

/**
 * Teams that the files around a folder name: `hermes.yaml`, and variables of teams, which have `_` for each dash.
 * Variables that cannot be read name nobody here; whoever needs the file says what is wrong with it.
 */
export function describedTeams(folder: string): readonly string[] {
  const variables = nearestFile(folder, 'variables');
  const files = variables === undefined ? [] : filesOf(variables);
  const named = files.flatMap((file) => keysOf(file).flatMap((key) => VARIABLE.exec(key)?.[1] ?? []));
  const own = readHermesYaml(folder)?.team;
  const others = named.filter((team) => team !== own?.replaceAll('-', '_'));
  return [...new Set([...(own === undefined ? [] : [own]), ...others])];
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).flatMap((name) => (name.endsWith('.json') ? [join(folder, name)] : []));
  } catch {
    return [];
  }
}

function keysOf(file: string): readonly string[] {
  try {
    return Object.keys(parseJson(readFileSync(file, 'utf8')) as object);
  } catch {
    return [];
  }
}
