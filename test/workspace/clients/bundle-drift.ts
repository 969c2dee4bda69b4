/** What the service fills in by itself: bundles take no notice (bundle/direct/dresources/resources.yml of the CLI). */
const DEFAULTS: readonly RegExp[] = [
  /\.new_cluster\.(aws_attributes|enable_elastic_disk|data_security_mode|driver_node_type_id|cluster_name)/,
  /^tasks\.\d+\.run_if$/,
  /^run_as/,
  /\.(spark_python_task|notebook_task)\.source$/,
  /^format$/,
];

/**
 * Where the settings that a workspace answers differ from those that were sent. A bundle whose job has such a
 * difference is changed again by every deploy. Zeros and empty objects are no difference.
 */
export function driftOf(sent: unknown, got: unknown, path = ''): string[] {
  if (!isContainer(sent) || !isContainer(got)) return same(sent, got) ? [] : [path];
  const names = [...new Set([...Object.keys(sent), ...Object.keys(got)])];
  return names.flatMap((name) => {
    const below = path === '' ? name : `${path}.${name}`;
    const [mine, theirs] = [sent[name], got[name]];
    if (mine === undefined)
      return isNothing(theirs) || DEFAULTS.some((known) => known.test(below)) ? [] : [below];
    return driftOf(mine, theirs, below);
  });
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (isNothing(a) && isNothing(b));
}

function isNothing(value: unknown): boolean {
  if (isContainer(value)) return Object.values(value).every(isNothing);
  return value === undefined || value === null || value === 0 || value === false || value === '';
}
