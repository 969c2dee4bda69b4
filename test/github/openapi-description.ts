import { readFileSync } from 'node:fs';
import { npmFile } from '../npm-tools.ts';

/** Which of GitHub's descriptions: of GitHub.com, of Enterprise Cloud, of a server of one's own. */
export type DescriptionName = 'api.github.com' | 'ghec' | 'ghes-3.17';

export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** An OpenAPI description, cut down. */
export interface Description extends JsonObject {
  paths: { [path: string]: JsonObject };
}

/** GitHub's own description of its API (https://github.com/octokit/openapi), cut down to some paths and what they refer to. */
export function readDescription(name: DescriptionName, paths: ReadonlySet<string>): Description {
  const text = readFileSync(npmFile('openapi', `generated/${name}.json`), 'utf8');
  const whole = JSON.parse(text) as Description;
  const kept = Object.entries(whole.paths).filter(([path]) => paths.has(path));
  const cut: Description = {
    openapi: whole.openapi ?? '',
    info: whole.info ?? {},
    paths: Object.fromEntries(kept),
  };
  const waiting: Json[] = [cut.paths];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    for (const ref of refsIn(part)) {
      const keys = ref.replace('#/', '').split('/');
      if (at(cut, keys) !== undefined) continue;
      const target = at(whole, keys);
      if (target === undefined) throw new Error(`GitHub's description has no ${ref}.`);
      put(cut, keys, target);
      waiting.push(target);
    }
  }
  return cut;
}

function* refsIn(value: Json): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* refsIn(item);
  else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (key === '$ref' && typeof item === 'string') yield item;
      // Examples are of no use here, and large.
      else if (key === 'examples' || key === 'example') delete value[key];
      else yield* refsIn(item);
    }
  }
}

/** The object that a `$ref` of the description means, or the value itself. */
export function resolve(description: Description, value: Json | undefined): Json | undefined {
  if (!isObject(value) || typeof value.$ref !== 'string') return value;
  return at(description, value.$ref.replace('#/', '').split('/'));
}

function at(value: Json | undefined, keys: readonly string[]): Json | undefined {
  return keys.reduce<Json | undefined>((found, key) => (isObject(found) ? found[key] : undefined), value);
}

function put(object: JsonObject, keys: readonly string[], value: Json): void {
  const [key = '', ...rest] = keys;
  if (rest.length === 0) object[key] = value;
  else {
    const next = object[key];
    const inner: JsonObject = isObject(next) ? next : {};
    object[key] = inner;
    put(inner, rest, value);
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Forbids every field that the description does not name, where it names some and allows the rest silently.
 * Parts of an `allOf`, and variants that only add to an object, stay open: no one of them names everything.
 */
export function closeObjects(schema: Json, isPart = false): void {
  if (Array.isArray(schema)) for (const one of schema) closeObjects(one, isPart);
  if (!isObject(schema)) return;
  const hasNames = isObject(schema.properties);
  const isWhole = hasNames && !isPart && schema.allOf === undefined && !addsNames(schema);
  if (isWhole && schema.additionalProperties === undefined) schema.additionalProperties = false;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'allOf') closeObjects(value, true);
    else if (key === 'anyOf' || key === 'oneOf') closeObjects(value, isPart || hasNames);
    else if (key === 'properties' && isObject(value))
      for (const one of Object.values(value)) closeObjects(one);
    else if (key !== 'enum' && key !== 'default') closeObjects(value);
  }
}

/** Whether variants of an object name fields of their own. */
function addsNames(schema: JsonObject): boolean {
  return [schema.anyOf, schema.oneOf].some(
    (variants) =>
      Array.isArray(variants) &&
      variants.some((one) => isObject(one) && (isObject(one.properties) || '$ref' in one)),
  );
}

/**
 * Lets every field be absent: for answers of a double, which gives only what somebody reads. What differs by what it must
 * hold is then no longer one of two, but may be either.
 */
export function loosenObjects(schema: Json): void {
  if (Array.isArray(schema)) for (const one of schema) loosenObjects(one);
  if (!isObject(schema)) return;
  if (Array.isArray(schema.required)) delete schema.required;
  if (Array.isArray(schema.oneOf) && schema.anyOf === undefined) {
    schema.anyOf = schema.oneOf;
    delete schema.oneOf;
    delete schema.discriminator;
  }
  for (const value of Object.values(schema)) loosenObjects(value);
}
