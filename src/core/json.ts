/** Anything that JSON can say, with integers beyond 2^53 as bigint. */
export type Json =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

interface ReviverContext {
  readonly source?: string;
}
interface RawJson {
  parse(text: string, reviver: (key: string, value: unknown, context: ReviverContext) => unknown): unknown;
  rawJSON(text: string): unknown;
}
// ECMAScript's "JSON.parse source text access" (V8 since Node 21); the compiler's library does not type it.
const json = JSON as unknown as RawJson;

/**
 * Parses JSON and keeps integers that a double cannot hold as bigint.
 * Databricks ids are int64 (https://docs.databricks.com/api/workspace/jobs/submit).
 * @throws SyntaxError as JSON.parse does.
 */
export function parseJson(text: string): Json {
  // An integer that a double cannot hold has 16 digits at least, and asking about each value takes its time.
  if (!/\d{16}/.test(text)) return JSON.parse(text) as Json;
  return json.parse(text, (_key, value, context) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context.source ?? '')
      ? BigInt(context.source ?? '')
      : value,
  ) as Json;
}

/** The reverse of {@link parseJson}: a bigint is written as a plain JSON number. */
export function stringifyJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, item: unknown) => (typeof item === 'bigint' ? json.rawJSON(item.toString()) : item),
    indent,
  );
}
