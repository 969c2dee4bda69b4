import { sha256Hex } from './sha256.ts';

/** A tag in the one form that Airflow, a cluster, the bill and Datadog keep unchanged. */
export interface Tag {
  /** Begins with a letter; lower-case letters, digits, `_`, `-`, `.` and `/`. */
  readonly key: string;
  /** The same characters and `:`; never empty. */
  readonly value: string;
}

/**
 * Datadog counts key, colon and value (https://docs.datadoghq.com/getting_started/tagging/). AWS and Databricks take
 * longer ones: 127 characters for a key, 255 for a value.
 */
const MAX_TAG = 200;

/** The tag by which DAGs, clusters and costs of this framework are found. */
export const SERVICE_TAG: Tag = { key: 'compaas-service', value: 'hermes' };

/** Keys that Hermes gives to every task. */
export const OWN_KEYS: ReadonlySet<string> = new Set([
  'team',
  'project',
  'dag',
  'dag_run',
  'task',
  'version',
  'commit',
  'environment',
  'env',
  'service',
  'outcome',
  'cause',
  SERVICE_TAG.key,
]);

/** https://docs.datadoghq.com/getting_started/tagging/#define-tags, and what Databricks finds its machines by. */
export const REFUSED_KEYS: ReadonlyMap<string, string> = new Map([
  ['host', 'Datadog sets it'],
  ['device', 'Datadog sets it'],
  ['source', 'Datadog sets it'],
  ['aws', 'AWS keeps it for itself'],
  ['name', 'Databricks finds its machines by it'],
]);

/** What {@link tagText} would leave as it is: single `_`, and neither `_` nor `:` at the end. */
const NORMAL = /^(?:[a-z0-9\-./:]|_(?!_))*[a-z0-9\-./]$/;

/** Tags that Databricks gives to every cluster; it renames those of others to `x_…`, so they begin with it here. */
export const PLATFORM_KEYS: ReadonlySet<string> = new Set([
  'vendor',
  'clusterid',
  'clustername',
  'creator',
  'runname',
  'jobid',
]);

/**
 * A part of a tag in letters that every system keeps: no accents, lower case, `_` for what is left over, once in a row
 * and not at the end. A part in the normal form stays as it is.
 */
export function tagText(text: string): string {
  if (NORMAL.test(text)) return text;
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_\-:./]+/g, '_')
    .replace(/_{2,}/g, '_')
    .replace(/[_:]+$/, '');
}

/** A value that Hermes tags by itself, as an id: what is too long for `key` keeps a hash of the whole, so ids stay apart. */
export function tagValue(key: string, text: string): string {
  const value = tagText(text);
  const room = MAX_TAG - key.length - 1;
  if (value.length <= room) return value;
  const hash = sha256Hex(text).slice(0, 8);
  return `${tagText(value.slice(0, room - hash.length - 1))}_${hash}`;
}

/** Whether a key belongs to the tags that Hermes gives to every task. */
export function isHermesTag(key: string): boolean {
  return OWN_KEYS.has(key);
}

/** A text `key:value` as a tag; undefined for a word without a colon, which is no tag of clusters or of Datadog. */
export function parseTag(text: string): Tag | undefined {
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const key = tagText(text.slice(0, colon)).replace(/^[^a-z]+/, '');
  return { key: PLATFORM_KEYS.has(key) ? `x_${key}` : key, value: tagText(text.slice(colon + 1)) };
}

/** `key:value` */
export function tagLine({ key, value }: Tag): string {
  return `${key}:${value}`;
}

/** Why a text `key:value` cannot be a tag beside those of Hermes, or undefined when it can, or is a plain word. */
export function ownTagProblem(text: string): string | undefined {
  const tag = parseTag(text);
  if (tag === undefined) return undefined;
  const shown = `The tag ${JSON.stringify(text)}`;
  if (tag.key === '')
    return `${shown} has no key that tags may have: it must begin with one of the letters a to z.`;
  if (tag.value === '') return `${shown} has no value of letters, digits, "_", "-", ".", "/" or ":".`;
  if (OWN_KEYS.has(tag.key)) return `${shown} is refused: Hermes sets ${tag.key} for each task.`;
  const reason = REFUSED_KEYS.get(tag.key);
  if (reason !== undefined) return `${shown} is refused: ${tag.key} is taken, ${reason}.`;
  const { length } = tagLine(tag);
  return length > MAX_TAG ? `${shown} has ${length} characters; at most ${MAX_TAG}.` : undefined;
}

/** Two texts that are one tag, or give one key two values. */
export interface TagClash {
  /** The second of the two. */
  readonly index: number;
  /** They say the same, in other letters. */
  readonly isSame: boolean;
  readonly message: string;
}

/** Texts `key:value` that mean the same key: a cluster keeps one value of a key, and the bill one spelling. */
export function findTagClashes(texts: readonly string[], earlier: readonly string[] = []): TagClash[] {
  const seen = new Map<string, string>();
  for (const text of earlier) {
    const tag = parseTag(text);
    if (tag !== undefined) seen.set(tag.key, text);
  }
  return texts.flatMap((text, index) => {
    const tag = parseTag(text);
    if (tag === undefined) return [];
    const other = seen.get(tag.key);
    if (other === undefined) {
      seen.set(tag.key, text);
      return [];
    }
    const both = `The tags ${JSON.stringify(other)} and ${JSON.stringify(text)}`;
    const isSame = parseTag(other)?.value === tag.value;
    const message = isSame
      ? `${both} are one: ${tagLine(tag)}. Keep one of them.`
      : `${both} give ${tag.key} two values. A cluster keeps one; choose another key.`;
    return [{ index, isSame, message }];
  });
}
