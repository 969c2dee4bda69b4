import type { Json, JsonObject } from '../../core/json.ts';
import { ATTRIBUTES } from './attribute-table.ts';

/** A cluster attribute's value as a policy sees it. */
export type Scalar = string | number | bigint | boolean;

/** Maps whose keys keep their dots in policy paths: `spark_conf.spark.master`. */
export const MAPS: readonly string[] = ['custom_tags', 'spark_conf', 'spark_env_vars'];

/** Parts of a request that are no attributes of the cluster, so that no rule can speak of them. */
export const REQUEST_ONLY: readonly string[] = ['policy_id', 'apply_policy_default_values'];

/** Attributes that a policy may speak of and that no request holds. */
export const VIRTUAL: readonly string[] = ['cluster_type', 'dbus_per_hour'];

/** Policy names of the log destination's kinds (`cluster_log_conf.type`) by their names in the API. */
const LOG_KINDS = { dbfs: 'DBFS', s3: 'S3', volumes: 'VOLUMES' } as const;
const LOG_CONF = 'cluster_log_conf';

/** The keys below which a policy path leads in a cluster: split at every dot, in maps at the first only. */
function pathKeys(path: string): readonly string[] {
  const dot = path.indexOf('.');
  if (dot > 0 && MAPS.includes(path.slice(0, dot))) return [path.slice(0, dot), path.slice(dot + 1)];
  return path.split('.');
}

/** The path with `*` for each index of a list, as {@link ATTRIBUTES} has it. */
export function generalPath(path: string): string {
  return isMapEntry(path) ? path : path.replace(/\.\d+(?=\.|$)/g, '.*');
}

/** True for a path inside a map, whose last part is a key and never a wildcard. */
export function isMapEntry(path: string): boolean {
  const dot = path.indexOf('.');
  return dot > 0 && MAPS.includes(path.slice(0, dot));
}

/** Whether a cluster can have a value at this path. */
export function isAttribute(path: string): boolean {
  if (VIRTUAL.includes(path) || REQUEST_ONLY.includes(path)) return false;
  // Lists of clusters have ten elements at most; a far index would fill memory with nothing.
  if (!isMapEntry(path) && /\.\d{3,}(\.|$)/.test(path)) return false;
  return path.startsWith(`${LOG_CONF}.`) ? ATTRIBUTES.has(path) : true;
}

/** The attributes of a cluster by policy path, the log destination by its policy names `.type`, `.path`, `.region`. */
export function flattenCluster(cluster: JsonObject): Map<string, Scalar> {
  const flat = new Map<string, Scalar>();
  for (const [name, value] of Object.entries(cluster)) {
    if (REQUEST_ONLY.includes(name)) continue;
    if (name === LOG_CONF) flattenLogConf(value, flat);
    else flattenInto(name, value, flat);
  }
  return flat;
}

function flattenInto(path: string, value: Json | undefined, flat: Map<string, Scalar>): void {
  if (value === null || value === undefined) return;
  if (typeof value !== 'object') flat.set(path, value);
  else for (const [key, item] of Object.entries(value)) flattenInto(`${path}.${key}`, item as Json, flat);
}

function flattenLogConf(conf: Json, flat: Map<string, Scalar>): void {
  for (const [kind, type] of Object.entries(LOG_KINDS)) {
    const target = isObject(conf) ? conf[kind] : undefined;
    if (!isObject(target)) continue;
    flat.set(`${LOG_CONF}.type`, type);
    flattenInto(`${LOG_CONF}.path`, target.destination, flat);
    flattenInto(`${LOG_CONF}.region`, target.region, flat);
  }
}

/** A copy of the cluster with values added at policy paths; what no value lies below is shared with the original. */
export function withValues(cluster: JsonObject, values: ReadonlyMap<string, Scalar>): JsonObject {
  if (values.size === 0) return cluster;
  const copy: Open = { ...cluster };
  const own = new Set<Open | Json[]>([copy]);
  const logs = new Map<string, Scalar>();
  for (const [path, value] of values) {
    if (path.startsWith(`${LOG_CONF}.`)) logs.set(path, value);
    else put(copy, pathKeys(path), value, own);
  }
  return logs.size === 0 ? copy : withLogConf(copy, logs);
}

type Open = { [key: string]: Json };

/** Sets a value deep inside of a copy; objects that are not the copy's own yet are copied on the way. */
function put(root: Open, keys: readonly string[], value: Scalar, own: Set<Open | Json[]>): void {
  let parent: Open | Json[] = root;
  for (const [index, key] of keys.entries()) {
    const next = keys[index + 1];
    const found = Object.hasOwn(parent, key) ? (parent as Open)[key] : undefined;
    const child: Json = next === undefined ? value : openCopy(found, next, own);
    if (Array.isArray(parent)) while (parent.length < Number(key)) parent.push(null);
    // A key such as __proto__ is a key like any other.
    Object.defineProperty(parent, key, {
      value: child,
      writable: true,
      enumerable: true,
      configurable: true,
    });
    if (next !== undefined) parent = child as Open | Json[];
  }
}

/** A key such as `__proto__` is a key like any other. */
function setOwn(parent: Open | Json[], key: string, value: Json): void {
  if (key !== '__proto__') (parent as Open)[key] = value;
  else Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}

function openCopy(found: Json | undefined, key: string, own: Set<Open | Json[]>): Open | Json[] {
  if (typeof found === 'object' && found !== null && own.has(found as Open)) return found as Open;
  const list = Array.isArray(found) ? [...(found as readonly Json[])] : undefined;
  const copy = list ?? (isObject(found) ? { ...found } : found === undefined && /^\d+$/.test(key) ? [] : {});
  own.add(copy);
  return copy;
}

function withLogConf(cluster: JsonObject, values: ReadonlyMap<string, Scalar>): JsonObject {
  const flat = new Map<string, Scalar>();
  flattenLogConf(cluster[LOG_CONF] ?? null, flat);
  for (const [path, value] of values) flat.set(path, value);
  const path = flat.get(`${LOG_CONF}.path`);
  const region = flat.get(`${LOG_CONF}.region`);
  const type = String(flat.get(`${LOG_CONF}.type`) ?? typeOfPath(path));
  const kind = Object.entries(LOG_KINDS).find(([, name]) => name === type)?.[0];
  const { [LOG_CONF]: _former, ...rest } = cluster;
  if (kind === undefined) return rest;
  const target = {
    ...(path === undefined ? {} : { destination: path }),
    ...(region === undefined ? {} : { region }),
  };
  return { ...rest, [LOG_CONF]: { [kind]: target } };
}

function typeOfPath(path: Scalar | undefined): string {
  if (path === undefined) return 'NONE';
  if (String(path).startsWith('dbfs:')) return 'DBFS';
  return String(path).startsWith('/Volumes/') ? 'VOLUMES' : 'S3';
}

/**
 * A copy of the cluster without the values at some policy paths, and without the groups that become empty by it.
 * Elements of lists stay, since each counts by its place; the log destination goes only as a whole.
 */
export function withoutValues(cluster: JsonObject, paths: ReadonlySet<string>): JsonObject {
  if (paths.size === 0) return cluster;
  const copy: Open = { ...cluster };
  const own = new Set<Open | Json[]>([copy]);
  const logs = flattenCluster({ [LOG_CONF]: copy[LOG_CONF] ?? null });
  for (const path of paths) {
    if (!path.startsWith(`${LOG_CONF}.`)) remove(copy, pathKeys(path), own);
    else if ([...logs.keys()].every((one) => paths.has(one))) delete copy[LOG_CONF];
  }
  return copy;
}

function remove(parent: Open, [key = '', ...rest]: readonly string[], own: Set<Open | Json[]>): void {
  const [next] = rest;
  if (next === undefined) {
    delete parent[key];
    return;
  }
  const found = parent[key];
  if (!isObject(found)) return;
  const child = openCopy(found, next, own) as Open;
  setOwn(parent, key, child);
  remove(child, rest, own);
  if (Object.keys(child).length === 0) delete parent[key];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
