import type { Json } from '../../../core/json.ts';
import { isSecretName } from '../../../core/redaction.ts';
import { differingPaths, type ValuePath, valueAt } from './differing-paths.ts';

/** One option of a DAG or a task that differs, in words. */
export interface FieldChange {
  /** `schedule`, `retries`, `variable MODE`. */
  readonly field: string;
  /** Every place of the compiled manifest that this change is about, as JSON pointers. */
  readonly paths: readonly string[];
  /** Absent when there was none, and for lists. */
  readonly before?: string;
  readonly after?: string;
  /** Of a list whose order says nothing. */
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
}

/** An option in words: which places of the manifest it speaks of, and how it is shown. */
export interface Topic<T> {
  readonly field: string;
  readonly covers: (path: ValuePath) => boolean;
  /** A list stands for a set of names. */
  readonly read: (subject: T) => string | readonly string[] | undefined;
}

/** What is compared: the words' subject, and the values that must all be mentioned. */
export interface Side<T> {
  readonly subject: T;
  readonly values: Json;
}

/** How places without a topic are called and shown. */
export type FieldName = (path: ValuePath) => string;

/**
 * Says every difference: by the topics in their order, else place by place. A topic whose words are the same on both
 * sides says nothing; its places are then told one by one. Pure.
 */
export function compareFields<T>(
  before: Side<T>,
  after: Side<T>,
  topics: readonly Topic<T>[],
  fieldOf: FieldName,
): FieldChange[] {
  let left = differingPaths(before.values, after.values);
  const told = topics.flatMap((topic) => {
    const own = left.filter(topic.covers);
    const change = own.length === 0 ? undefined : topicChange(topic, before.subject, after.subject, own);
    if (change === undefined) return [];
    left = left.filter((path) => !own.includes(path));
    return [change];
  });
  return [...told, ...left.map((path) => placeChange(path, before.values, after.values, fieldOf))];
}

function topicChange<T>(
  { field, read }: Topic<T>,
  before: T,
  after: T,
  places: readonly ValuePath[],
): FieldChange | undefined {
  const [was, is] = [read(before), read(after)];
  const paths = places.map(pointerOf);
  if (typeof was === 'object' || typeof is === 'object') {
    const [had, has] = [listOf(was), listOf(is)];
    const added = has.filter((name) => !had.includes(name));
    const removed = had.filter((name) => !has.includes(name));
    return added.length + removed.length === 0 ? undefined : { field, paths, added, removed };
  }
  if (was === is) return undefined;
  return { field, paths, ...present('before', was), ...present('after', is) };
}

function placeChange(path: ValuePath, before: Json, after: Json, fieldOf: FieldName): FieldChange {
  const isSecret = path.at(-2)?.startsWith('spark_') === true && isSecretName(path.at(-1) ?? '');
  const shown = (value: Json | undefined) =>
    value === undefined ? undefined : isSecret ? '[redacted]' : shownValue(value);
  return {
    field: fieldOf(path),
    paths: [pointerOf(path)],
    ...present('before', shown(valueAt(before, path))),
    ...present('after', shown(valueAt(after, path))),
  };
}

/** A text as it is, anything else as JSON. */
export function shownValue(value: Json): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}

/** https://www.rfc-editor.org/rfc/rfc6901 */
function pointerOf(path: ValuePath): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

function present<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: string });
}
