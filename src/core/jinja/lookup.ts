import type { Json } from '../json.ts';
import { Moment } from './moment.ts';
import {
  Attributes,
  type Callable,
  defined,
  isDict,
  TemplateFault,
  toText,
  Undefined,
  type Value,
} from './values.ts';

/** `object.name`: an attribute or method first, then an item, as Jinja does. */
export function attributeOf(object: Value, name: string, path: string): Value {
  const known = defined(object);
  const own = ownAttribute(known, name);
  if (own !== undefined) return own;
  return isDict(known) && Object.hasOwn(known, name) ? (known[name] ?? null) : missing(known, name, path);
}

/** `object[key]`: an item first, then an attribute, as Jinja does. */
export function itemOf(object: Value, key: Value, path: string): Value {
  const known = defined(object);
  const wanted = defined(key);
  if (Array.isArray(known) || typeof known === 'string') {
    const items: readonly Value[] = Array.isArray(known) ? known : [...(known as string)];
    const index = typeof wanted === 'number' && wanted < 0 ? items.length + wanted : wanted;
    if (typeof index !== 'number') return missing(known, toText(wanted), path);
    return items[index] ?? (index in items ? null : missing(known, toText(wanted), path));
  }
  const name = toText(wanted);
  if (isDict(known) && Object.hasOwn(known, name)) return known[name] ?? null;
  return ownAttribute(known, name) ?? missing(known, name, path);
}

/** True for `get`, `items`, `keys` and `values`. */
export function isDictMethod(name: string): boolean {
  return dictMethods.has(name);
}

function ownAttribute(object: Exclude<Value, Undefined>, name: string): Value | undefined {
  if (object instanceof Attributes) {
    return Object.hasOwn(object.attributes, name) ? object.attributes[name] : undefined;
  }
  if (object instanceof Moment) return momentAttribute(object, name);
  if (typeof object === 'string') return textMethods.get(name)?.(object);
  return isDict(object) ? dictMethods.get(name)?.(object) : undefined;
}

function missing(object: Exclude<Value, Undefined>, name: string, path: string): Undefined {
  const names =
    object instanceof Attributes ? Object.keys(object.attributes) : isDict(object) ? Object.keys(object) : [];
  const known = names.length === 0 ? '' : ` It has: ${names.slice(0, 20).join(', ')}.`;
  return new Undefined(`${path} is undefined: there is no "${name}".${known}`);
}

const dictMethods = methods<{ readonly [key: string]: Json }>({
  get:
    (dict) =>
    ([key, fallback = null]) => {
      const name = toText(key ?? null);
      return Object.hasOwn(dict, name) ? (dict[name] ?? null) : fallback;
    },
  keys: (dict) => () => Object.keys(dict),
  values: (dict) => () => Object.values(dict),
  items: (dict) => () => Object.entries(dict),
});

const textMethods = methods<string>({
  upper: (text) => () => text.toUpperCase(),
  lower: (text) => () => text.toLowerCase(),
  strip: (text) => () => text.trim(),
  startswith:
    (text) =>
    ([prefix]) =>
      text.startsWith(toText(prefix ?? '')),
  endswith:
    (text) =>
    ([suffix]) =>
      text.endsWith(toText(suffix ?? '')),
  replace:
    (text) =>
    ([from, to]) =>
      text.replaceAll(toText(from ?? ''), () => toText(to ?? '')),
  split:
    (text) =>
    ([separator]) =>
      separator === undefined || separator === null
        ? text.split(/\s+/).filter((word) => word !== '')
        : text.split(toText(separator)),
  join:
    (text) =>
    ([items]) =>
      Array.isArray(items) ? items.map(toText).join(text) : text,
});

/** A map, since a plain object also answers for `constructor` and its like. */
function methods<T>(
  table: Readonly<Record<string, (own: T) => Callable>>,
): ReadonlyMap<string, (own: T) => Callable> {
  return new Map(Object.entries(table));
}

function momentAttribute(moment: Moment, name: string): Value | undefined {
  const date = moment.instant;
  const attributes: Readonly<Record<string, Value>> = {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    microsecond: date.getUTCMilliseconds() * 1000,
    isoformat: ([separator = 'T']) => moment.isoformat(toText(separator)),
    timestamp: () => date.getTime() / 1000,
    weekday: () => (date.getUTCDay() + 6) % 7,
    isoweekday: () => date.getUTCDay() || 7,
    strftime: ([format = '']) => {
      try {
        return moment.strftime(toText(format));
      } catch (error) {
        throw new TemplateFault(error instanceof Error ? error.message : String(error));
      }
    },
  };
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}
