import { stringifyJson } from '../json.ts';
import { Moment } from './moment.ts';
import {
  defined,
  isDict,
  isEqual,
  isTrue,
  type KeywordArguments,
  TemplateFault,
  toText,
  Undefined,
  type Value,
} from './values.ts';

/** A filter: what stands left of `|`, then its arguments. */
export type Filter = (value: Value, positional: readonly Value[], keywords: KeywordArguments) => Value;

/** Airflow's own filters and those of Jinja that give the same text here as there. */
export const filters: Readonly<Record<string, Filter>> = {
  ds: moments((moment) => moment.strftime('%Y-%m-%d')),
  ds_nodash: moments((moment) => moment.strftime('%Y%m%d')),
  ts: moments((moment) => moment.isoformat()),
  ts_nodash: moments((moment) => moment.strftime('%Y%m%dT%H%M%S')),
  ts_nodash_with_tz: moments((moment) => moment.isoformat().replace(/[-:]/g, '')),
  default: fallback,
  d: fallback,
  string: (value) => toText(value),
  upper: (value) => toText(value).toUpperCase(),
  lower: (value) => toText(value).toLowerCase(),
  capitalize: (value) =>
    toText(value).replace(
      /^.(.*)$/su,
      (all, rest: string) => `${all.slice(0, all.length - rest.length).toUpperCase()}${rest.toLowerCase()}`,
    ),
  trim: (value) => toText(value).trim(),
  replace: (value, [from = '', to = '']) => toText(value).replaceAll(toText(from), () => toText(to)),
  length: (value) => sizeOf(value),
  count: (value) => sizeOf(value),
  first: (value) => itemsOf(value).at(0) ?? new Undefined('the first item of an empty list is undefined.'),
  last: (value) => itemsOf(value).at(-1) ?? new Undefined('the last item of an empty list is undefined.'),
  join: (value, [separator = '']) => itemsOf(value).map(toText).join(toText(separator)),
  list: (value) => itemsOf(value),
  reject: (value, [test, operand]) => {
    if (operand === undefined || toText(test ?? '') !== 'equalto')
      throw new TemplateFault("reject is known here as reject('equalto', value) only.");
    return itemsOf(value).filter((item) => !isEqual(item, operand));
  },
  sort: (value) => [...itemsOf(value)].sort(order),
  int: (value, [otherwise = 0]) => wholeNumber(value) ?? otherwise,
  abs: (value) => {
    const known = defined(value);
    if (typeof known !== 'number' && typeof known !== 'boolean')
      throw new TemplateFault('abs needs a number.');
    return Math.abs(Number(known));
  },
};

function moments(format: (moment: Moment) => string): Filter {
  return (value) => {
    const known = defined(value);
    if (known === null) return null;
    if (known instanceof Moment) return format(known);
    throw new TemplateFault(
      `a date filter needs a point in time, such as data_interval_start; it was given ${JSON.stringify(toText(known))}.`,
    );
  };
}

function fallback(
  value: Value,
  [other = '', alsoFalse = false]: readonly Value[],
  keywords: KeywordArguments,
): Value {
  if (value instanceof Undefined) return other;
  return isTrue(keywords.boolean ?? alsoFalse) && !isTrue(value) ? other : value;
}

function itemsOf(value: Value): readonly Value[] {
  const known = defined(value);
  if (Array.isArray(known)) return known;
  if (typeof known === 'string') return [...known];
  if (isDict(known)) return Object.keys(known);
  throw new TemplateFault(`${toText(known)} is not a list.`);
}

/** Of Jinja's `sort`: numbers by size, texts whatever their case, what is equal stays as it was. */
function order(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [first, second] = [toText(a).toLowerCase(), toText(b).toLowerCase()];
  return first < second ? -1 : Number(first > second);
}

function sizeOf(value: Value): number {
  return itemsOf(value).length;
}

/** Python's `int(value)`, then `int(float(value))`; undefined when neither works. */
function wholeNumber(value: Value): number | undefined {
  const known = defined(value);
  if (typeof known === 'number' || typeof known === 'boolean') return Math.trunc(Number(known));
  const isNumeric = typeof known === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(known);
  return isNumeric ? Math.trunc(Number(known)) : undefined;
}

/** Jinja's `tojson`: sorted keys, `, ` and `: ` between parts, and `<`, `>`, `&`, `'` escaped. */
export function jsonText(value: Value): string {
  const known = defined(value);
  const plain = (item: Value): string => {
    if (Array.isArray(item)) return `[${item.map(plain).join(', ')}]`;
    if (isDict(item)) {
      const keys = Object.keys(item).sort();
      return `{${keys.map((key) => `${asciiJson(key)}: ${plain(item[key] ?? null)}`).join(', ')}}`;
    }
    return typeof item === 'string' ? asciiJson(item) : stringifyJson(defined(item));
  };
  return plain(known).replace(/[<>&']/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
