import type { Scalar } from './cluster-attributes.ts';
import type { PolicyViolation } from './policy-violation.ts';

const MIN = 'autoscale.min_workers';
const MAX = 'autoscale.max_workers';
const FROM_POLICY = 'Ask the platform team, which owns the policy, to fix it or to give it a defaultValue.';

const OWNER_CHOOSES = 'Ask the platform team, which owns the policy, to give one of the two only.';

type Attributes = ReadonlyMap<string, Scalar>;

/**
 * What every cluster needs, whether the request or the policy gives it: one size, a runtime, a machine.
 * @param isAsked Whether the request gives the value at a path, so that it can be left out.
 */
export function findShapeViolations(
  cluster: Attributes,
  isAsked: (path: string) => boolean,
): readonly PolicyViolation[] {
  const isPool = hasText(cluster, 'instance_pool_id');
  return [
    ...sizeViolations(cluster, isAsked),
    ...(hasText(cluster, 'spark_version') ? [] : [missing('spark_version', FROM_POLICY)]),
    ...(isPool || hasText(cluster, 'node_type_id') ? [] : [missing('node_type_id', FROM_POLICY)]),
  ];
}

function sizeViolations(cluster: Attributes, isAsked: (path: string) => boolean): PolicyViolation[] {
  const [min, max, workers] = [MIN, MAX, 'num_workers'].map((path) => cluster.get(path));
  const wrong = [MIN, MAX, 'num_workers'].filter((path) => cluster.has(path) && !isWhole(cluster.get(path)));
  if (wrong.length > 0)
    return wrong.map((path) => violation(cluster, path, 'must be a whole number', 'Take a whole number.'));
  if (min === undefined && max === undefined)
    return workers === undefined ? [missing('num_workers', 'Set it, or autoscale.')] : [];
  if (workers !== undefined) return [twoSizes(cluster, isAsked)];
  if (min === undefined) return [missing(MIN, `Set it: ${MAX} alone is no size.`)];
  if (max === undefined) return [missing(MAX, `Set it: ${MIN} alone is no size.`)];
  if (Number(min) <= Number(max)) return [];
  return [violation(cluster, MAX, `must not be less than ${MIN}, ${min}`, `Take ${min} or more.`)];
}

function twoSizes(cluster: Attributes, isAsked: (path: string) => boolean): PolicyViolation {
  if (!isAsked('num_workers')) {
    const path = isAsked(MIN) ? MIN : MAX;
    const fix = isAsked(path) ? 'Leave autoscale out: the policy gives num_workers.' : OWNER_CHOOSES;
    return violation(cluster, path, 'excludes num_workers', fix);
  }
  const byPolicy = !isAsked(MIN) || !isAsked(MAX);
  const fix = byPolicy ? 'Leave it out: the policy gives autoscale.' : 'Leave one of the two out.';
  return violation(cluster, 'num_workers', 'excludes autoscale', fix);
}

function isWhole(value: Scalar | undefined): boolean {
  return value === undefined || /^-?\d{1,9}$/.test(String(value));
}

function hasText(cluster: Attributes, path: string): boolean {
  return (cluster.get(path) ?? '') !== '';
}

function missing(path: string, fix: string): PolicyViolation {
  return { path, rule: 'must be given by the request or the policy', fix };
}

function violation(cluster: Attributes, path: string, rule: string, fix: string): PolicyViolation {
  const value = cluster.get(path);
  return { path, ...(value === undefined ? {} : { value }), rule, fix };
}
