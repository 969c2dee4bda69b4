import type { Json } from '../json.ts';
import { Moment } from './moment.ts';

/** What a template can hold: JSON, points in time, things with attributes, functions. */
export type Value = Json | Moment | Attributes | Callable | Undefined | readonly Value[];
export type KeywordArguments = Readonly<Record<string, Value>>;
/** A Python function: positional arguments and keyword arguments. */
export type Callable = (positional: readonly Value[], keywords: KeywordArguments) => Value;

/** An object with attributes only, such as `dag_run` or `macros`. */
export class Attributes {
  readonly label: string;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly text: string | undefined;

  /** @param text What `{{ object }}` prints; without it, printing is an error. */
  constructor(label: string, attributes: Readonly<Record<string, Value>>, text?: string) {
    this.label = label;
    this.attributes = attributes;
    this.text = text;
  }
}

/** A name that is not there. Any use but `is defined` and `default` is an error, as Airflow's StrictUndefined. */
export class Undefined {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Why a template cannot be rendered; the renderer adds the template. */
export class TemplateFault extends Error {}

/** The value itself, or a fault that says which name is missing. */
export function defined(value: Value): Exclude<Value, Undefined> {
  if (value instanceof Undefined) throw new TemplateFault(value.reason);
  return value;
}

/** A dictionary, in Python's sense. */
export function isDict(value: Value): value is { readonly [key: string]: Json } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Moment) &&
    !(value instanceof Attributes) &&
    !(value instanceof Undefined)
  );
}

/** Python's `bool(value)`. */
export function isTrue(value: Value): boolean {
  const known = defined(value);
  if (Array.isArray(known)) return known.length > 0;
  if (isDict(known)) return Object.keys(known).length > 0;
  return Boolean(known);
}

/** Python's `==`. */
export function isEqual(left: Value, right: Value): boolean {
  const [a, b] = [numeric(defined(left)), numeric(defined(right))];
  if (a instanceof Moment && b instanceof Moment) return a.instant.getTime() === b.instant.getTime();
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  }
  if (isDict(a) && isDict(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key] ?? null, b[key] ?? null))
    );
  }
  // A bigint and a number of the same size are equal in Python too.
  return typeof a === 'bigint' || typeof b === 'bigint' ? String(a) === String(b) : a === b;
}

/** Python's `str(value)`. */
export function toText(value: Value): string {
  const known = defined(value);
  if (known instanceof Moment) return known.toString();
  return typeof known === 'string' ? known : toRepresentation(known);
}

/** Python's `repr(value)`, for what stands inside lists and dictionaries. */
function toRepresentation(value: Value): string {
  const known = defined(value);
  if (known === null) return 'None';
  if (known === true) return 'True';
  if (known === false) return 'False';
  if (typeof known === 'string') return quoted(known);
  if (typeof known === 'number') return numberText(known);
  if (typeof known === 'bigint') return known.toString();
  if (known instanceof Moment)
    throw new TemplateFault('a point in time needs a filter, such as ds, inside a list.');
  if (Array.isArray(known)) return `[${known.map(toRepresentation).join(', ')}]`;
  if (isDict(known)) {
    const pairs = Object.entries(known).map(([key, item]) => `${quoted(key)}: ${toRepresentation(item)}`);
    return `{${pairs.join(', ')}}`;
  }
  if (known instanceof Attributes && known.text !== undefined) return known.text;
  throw new TemplateFault(
    `${known instanceof Attributes ? known.label : 'a function'} is an object, not a text; name one of its attributes.`,
  );
}

function numeric(value: Exclude<Value, Undefined>): Exclude<Value, Undefined> {
  return typeof value === 'boolean' ? Number(value) : value;
}

/** Python writes an exponent below 1e-4 and from 1e16, with at least two digits. */
function numberText(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-4 || size >= 1e16) ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(quote, `\\${quote}`);
  return `${quote}${escaped}${quote}`;
}
