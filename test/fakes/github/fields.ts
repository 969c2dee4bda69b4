import { unprocessable } from './reply.ts';
import type { Fields } from './state.ts';

/** A field that has to be a text. */
export function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (value === undefined) throw unprocessable(`"${name}" wasn't supplied.`);
  if (typeof value !== 'string')
    throw unprocessable(`For '${name}', ${JSON.stringify(value)} is not a string.`);
  return value;
}

export function optionalText(fields: Fields, name: string): string | undefined {
  return fields[name] === undefined || fields[name] === null ? undefined : text(fields, name);
}

export function flag(fields: Fields, name: string, otherwise = false): boolean {
  const value = fields[name] ?? otherwise;
  if (typeof value !== 'boolean')
    throw unprocessable(`For '${name}', ${JSON.stringify(value)} is not a boolean.`);
  return value;
}

/** A list of objects; absent is empty. */
export function objects(fields: Fields, name: string): Fields[] {
  const value = fields[name] ?? [];
  if (!Array.isArray(value)) throw unprocessable(`For '${name}', ${JSON.stringify(value)} is not an array.`);
  return value.map((item) => {
    if (!isFields(item)) throw unprocessable(`For '${name}', ${JSON.stringify(item)} is not an object.`);
    return item;
  });
}

export function texts(fields: Fields, name: string): string[] {
  const value = fields[name] ?? [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw unprocessable(`For '${name}', ${JSON.stringify(value)} is not an array of strings.`);
  }
  return value;
}

export function object(fields: Fields, name: string): Fields | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (!isFields(value)) throw unprocessable(`For '${name}', ${JSON.stringify(value)} is not an object.`);
  return value;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
