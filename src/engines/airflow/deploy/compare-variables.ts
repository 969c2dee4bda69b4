import { isDeepStrictEqual } from 'node:util';
import { type Json, parseJson, stringifyJson } from '../../../core/json.ts';

/** Variables of a file by what setting them does to those of an Airflow. Others there stay as they are. */
export interface VariableChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  /** Airflow hides their values, so they are set whether they differ or not. */
  readonly hidden: readonly string[];
  readonly unchanged: readonly string[];
}

const HIDDEN = '***';

/** Compares variables as JSON, so that blanks and the order of keys make no difference. Pure. */
export function compareVariables(
  wanted: Readonly<Record<string, unknown>>,
  standing: ReadonlyMap<string, string>,
): VariableChanges {
  const names = Object.keys(wanted).sort();
  const kindOf = (name: string): keyof VariableChanges => {
    const there = standing.get(name);
    if (there === undefined) return 'added';
    if (isSame(wanted[name], there)) return 'unchanged';
    return there.includes(HIDDEN) ? 'hidden' : 'changed';
  };
  const kinds = Map.groupBy(names, kindOf);
  const of = (kind: keyof VariableChanges): readonly string[] => kinds.get(kind) ?? [];
  return { added: of('added'), changed: of('changed'), hidden: of('hidden'), unchanged: of('unchanged') };
}

function isSame(wanted: unknown, there: string): boolean {
  if (typeof wanted === 'string') return wanted === there;
  const found = jsonIn(there);
  return found !== undefined && isDeepStrictEqual(parseJson(stringifyJson(wanted)), found);
}

function jsonIn(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
