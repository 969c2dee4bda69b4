import type { Json, JsonObject } from '../../core/json.ts';
import { isObject } from '../wire/fields.ts';

/** A cluster attribute's value as a policy sees it. */
export type Scalar = string | number | bigint | boolean;

// Everything behind the first dot is one key, dots included: `spark_conf.spark.master`.
const maps = new Set(['custom_tags', 'spark_conf', 'spark_env_vars']);
// Not attributes of the cluster but of the request.
const requestOnly = new Set(['policy_id', 'apply_policy_default_values']);
const logTypes = { dbfs: 'DBFS', s3: 'S3', volumes: 'VOLUMES' } as const;

/**
 * A cluster spec as flat policy paths: `autoscale.min_workers`, `custom_tags.cost.center`, `init_scripts.0.s3.destination`,
 * and the log destination under its policy names `cluster_log_conf.type|path|region`.
 * https://docs.databricks.com/admin/clusters/policy-definition.html
 */
export function flattenCluster(spec: JsonObject): Map<string, Scalar> {
  const flat = new Map<string, Scalar>();
  for (const [name, value] of Object.entries(spec)) {
    if (requestOnly.has(name)) continue;
    if (name === 'cluster_log_conf' && isObject(value)) flattenLogConf(value, flat);
    else flattenInto(name, value, flat);
  }
  return flat;
}

/** A copy of the spec with a value at each policy path; the parts of the log destination count together. */
export function withPaths(spec: JsonObject, values: ReadonlyMap<string, Scalar>): JsonObject {
  const isLog = (path: string): boolean => path.startsWith('cluster_log_conf.');
  const logs = [...values].filter(([path]) => isLog(path));
  let filled = logs.length === 0 ? spec : withLogConf(spec, logs);
  for (const [path, value] of values) if (!isLog(path)) filled = withPath(filled, path, value);
  return filled;
}

/** A copy of the spec with the value at a policy path. */
export function withPath(spec: JsonObject, path: string, value: Scalar): JsonObject {
  if (path.startsWith('cluster_log_conf.')) return withLogConf(spec, [[path, value]]);
  const dot = path.indexOf('.');
  const head = dot < 0 ? path : path.slice(0, dot);
  const keys = maps.has(head) && dot >= 0 ? [head, path.slice(dot + 1)] : path.split('.');
  return set(spec, keys, value) as JsonObject;
}

/** The map and key of a path inside a map, for messages; undefined for a plain attribute. */
export function mapEntry(path: string): { map: string; key: string } | undefined {
  const dot = path.indexOf('.');
  const map = path.slice(0, dot);
  return dot > 0 && maps.has(map) ? { map, key: path.slice(dot + 1) } : undefined;
}

function flattenInto(path: string, value: Json, flat: Map<string, Scalar>): void {
  if (value === null) return;
  if (typeof value !== 'object') flat.set(path, value);
  else
    for (const [key, item] of Object.entries(value as JsonObject)) flattenInto(`${path}.${key}`, item, flat);
}

function flattenLogConf(conf: JsonObject, flat: Map<string, Scalar>): void {
  for (const [kind, type] of Object.entries(logTypes)) {
    const target = conf[kind];
    if (!isObject(target)) continue;
    flat.set('cluster_log_conf.type', type);
    flattenInto('cluster_log_conf.path', target.destination ?? null, flat);
    flattenInto('cluster_log_conf.region', target.region ?? null, flat);
  }
}

function withLogConf(spec: JsonObject, parts: readonly (readonly [string, Scalar])[]): JsonObject {
  const flat = new Map<string, Scalar>();
  if (isObject(spec.cluster_log_conf)) flattenLogConf(spec.cluster_log_conf, flat);
  for (const [path, value] of parts) flat.set(path, value);
  const type = String(flat.get('cluster_log_conf.type') ?? typeOfPath(flat.get('cluster_log_conf.path')));
  const kind = Object.entries(logTypes).find(([, name]) => name === type)?.[0];
  const { cluster_log_conf: _former, ...rest } = spec;
  if (kind === undefined) return rest;
  const path = flat.get('cluster_log_conf.path');
  const region = flat.get('cluster_log_conf.region');
  const target = {
    ...(path === undefined ? {} : { destination: path }),
    ...(region === undefined ? {} : { region }),
  };
  return { ...rest, cluster_log_conf: { [kind]: target } };
}

function typeOfPath(path: Scalar | undefined): string {
  if (path === undefined) return 'NONE';
  if (String(path).startsWith('dbfs:')) return 'DBFS';
  return String(path).startsWith('/Volumes/') ? 'VOLUMES' : 'S3';
}

function set(target: Json | undefined, keys: readonly string[], value: Scalar): Json {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (Array.isArray(target) || (target === undefined && /^\d+$/.test(key))) {
    const items = [...(Array.isArray(target) ? target : [])];
    items[Number(key)] = set(items[Number(key)], rest, value);
    return items;
  }
  const object = isObject(target) ? target : {};
  return { ...object, [key]: set(object[key], rest, value) };
}
