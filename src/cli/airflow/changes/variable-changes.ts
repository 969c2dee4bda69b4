import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describedEnvironments } from '../../../config/variables.ts';
import { nearestFile } from '../../../core/nearest-file.ts';

/** Airflow variables by their names, for each environment that a folder describes. */
export type VariableFiles = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** A variable that a deploy brings, changes or does not bring any more. */
export interface VariableChange {
  readonly environment: string;
  readonly name: string;
  readonly kind: 'added' | 'changed' | 'removed';
  /** Keys of a team's variable that differ, old and new; of any other variable nothing is shown: it may be a secret. */
  readonly keys: readonly { readonly key: string; readonly before: unknown; readonly after: unknown }[];
}

/** Reads `variables/*.json` around a folder. What is no JSON object holds nothing; the check of the DAGs says so. */
export function readVariableFiles(folder: string): VariableFiles {
  const place = nearestFile(folder, 'variables') ?? '';
  return new Map(
    describedEnvironments(folder).map((name) => [name, readObject(join(place, `${name}.json`))]),
  );
}

function readObject(path: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {};
  }
}

/** Compares the variables of all environments. Pure. */
export function planVariableChanges(before: VariableFiles, after: VariableFiles): VariableChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((environment) => {
    const [was, is] = [before.get(environment) ?? {}, after.get(environment) ?? {}];
    return namesOf(was, is).flatMap((name): VariableChange[] => {
      if (isDeepStrictEqual(was[name], is[name])) return [];
      const kind = !Object.hasOwn(was, name) ? 'added' : Object.hasOwn(is, name) ? 'changed' : 'removed';
      const keys = kind === 'changed' && name.startsWith('hermes_') ? keyChanges(was[name], is[name]) : [];
      return [{ environment, name, kind, keys }];
    });
  });
}

function keyChanges(before: unknown, after: unknown): VariableChange['keys'] {
  const [was, is] = [objectOf(before), objectOf(after)];
  return namesOf(was, is)
    .filter((key) => !isDeepStrictEqual(was[key], is[key]))
    .map((key) => ({ key, before: was[key], after: is[key] }));
}

function namesOf(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
