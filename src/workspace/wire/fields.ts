import type { Json, JsonObject } from '../../core/json.ts';
import { ApiError, invalidParameter } from './api-error.ts';

/** Whether a JSON value is an object, not an array. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A request's fields, read as leniently as the real parser does: numbers and booleans may come as strings. */
export interface Fields {
  readonly value: JsonObject;
  text(name: string): string | undefined;
  requiredText(name: string): string;
  integer(name: string): bigint | undefined;
  requiredInteger(name: string): bigint;
  /** A whole number that a double holds, at least `minimum`. */
  count(name: string, fallback: number, minimum?: number): number;
  flag(name: string): boolean | undefined;
  object(name: string): JsonObject | undefined;
  list(name: string): readonly Json[];
  /** A list of strings; numbers become text. */
  texts(name: string): readonly string[];
}

/** Reads fields of `value`; `where` is put before names in refusals: `tasks[0].`. */
export function fieldsOf(value: Json | undefined, where = ''): Fields {
  if (!isObject(value)) {
    throw new ApiError(
      'MALFORMED_REQUEST',
      `Expected a JSON object${where && ` in ${where.replace(/\.$/, '')}`}.`,
    );
  }
  const get = (name: string): Json | undefined => value[name] ?? undefined;
  const wrong = (name: string, wanted: string): ApiError =>
    invalidParameter(`Could not parse '${where}${name}': expected ${wanted}.`);
  const required = <T>(name: string, found: T | undefined): T => {
    if (found === undefined) throw invalidParameter(`Missing required field: ${where}${name}`);
    return found;
  };
  const fields: Fields = {
    value,
    text: (name) => textOf(get(name), () => wrong(name, 'a string')),
    requiredText: (name) => required(name, fields.text(name) || undefined),
    integer: (name) => integerOf(get(name), () => wrong(name, 'an integer')),
    requiredInteger: (name) => required(name, fields.integer(name)),
    count: (name, fallback, minimum = 0) => {
      const found = Number(fields.integer(name) ?? fallback);
      if (!Number.isSafeInteger(found) || found < minimum)
        throw wrong(name, `an integer of at least ${minimum}`);
      return found;
    },
    flag: (name) => flagOf(get(name), () => wrong(name, 'true or false')),
    object: (name) => {
      const found = get(name);
      if (found !== undefined && !isObject(found)) throw wrong(name, 'an object');
      return found;
    },
    list: (name) => {
      const found = get(name) ?? [];
      if (!Array.isArray(found)) throw wrong(name, 'an array');
      return found;
    },
    texts: (name) =>
      fields.list(name).map((item) => textOf(item ?? undefined, () => wrong(name, 'strings')) ?? ''),
  };
  return fields;
}

function textOf(found: Json | undefined, wrong: () => ApiError): string | undefined {
  if (found === undefined) return undefined;
  if (typeof found === 'object') throw wrong();
  return String(found);
}

function integerOf(found: Json | undefined, wrong: () => ApiError): bigint | undefined {
  if (found === undefined || found === '') return undefined;
  if (typeof found === 'object' || !/^-?\d{1,19}$/.test(String(found))) throw wrong();
  const integer = BigInt(String(found));
  if (BigInt.asIntN(64, integer) !== integer) throw wrong();
  return integer;
}

function flagOf(found: Json | undefined, wrong: () => ApiError): boolean | undefined {
  if (found === undefined) return undefined;
  // Clients in Python send `True` where they make text of it themselves.
  const word = typeof found === 'object' ? '' : String(found).toLowerCase();
  if (word === 'true') return true;
  if (word === 'false') return false;
  throw wrong();
}
