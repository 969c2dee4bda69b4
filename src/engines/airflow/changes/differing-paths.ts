import type { Json } from '../../../core/json.ts';

/** Where a value stands: keys and indexes from the root. */
export type ValuePath = readonly string[];

/**
 * Every place at which two values differ, as deep as both are made of keys. Lists are one value, unless both hold as
 * many objects. What only one of them has is told at its innermost values. Pure.
 */
export function differingPaths(
  before: Json | undefined,
  after: Json | undefined,
  path: ValuePath = [],
): ValuePath[] {
  const [a, b] = [partsOf(before), partsOf(after)];
  const isPair = a !== undefined && b !== undefined && isSameKind(before, after);
  if (isPair || (before === undefined && hasParts(b)) || (after === undefined && hasParts(a))) {
    const keys = new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})]);
    return [...keys].flatMap((key) => differingPaths(ownOf(a, key), ownOf(b, key), [...path, key]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
}

/** The value at a path; undefined where it ends before. */
export function valueAt(root: Json | undefined, path: ValuePath): Json | undefined {
  return path.reduce<Json | undefined>((value, key) => ownOf(partsOf(value), key), root);
}

type Parts = Readonly<Record<string, Json>>;

function partsOf(value: Json | undefined): Parts | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return value as Parts;
  const isOfObjects = value.length > 0 && value.every((item) => typeof item === 'object' && item !== null);
  return isOfObjects ? Object.fromEntries((value as readonly Json[]).entries()) : undefined;
}

function isSameKind(before: Json | undefined, after: Json | undefined): boolean {
  if (Array.isArray(before) && Array.isArray(after)) return before.length === after.length;
  return Array.isArray(before) === Array.isArray(after);
}

function hasParts(parts: Parts | undefined): boolean {
  return parts !== undefined && Object.keys(parts).length > 0;
}

function ownOf(parts: Parts | undefined, key: string): Json | undefined {
  return parts !== undefined && Object.hasOwn(parts, key) ? parts[key] : undefined;
}
