import type { JsonObject } from '../../core/json.ts';
import type { Identity } from '../identity/users.ts';
import { flattenCluster, withPath } from '../policies/cluster-paths.ts';
import { listPolicies, policyLibraries, rulesForUse } from '../policies/policies.ts';
import { type EvaluatedCluster, evaluatePolicy } from '../policies/policy-evaluator.ts';
import { secretProblems } from '../secrets/secret-values.ts';
import type { Database } from '../state/database.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { parseLibraries } from './parse-libraries.ts';
import type { PlannedTask, TaskRequest } from './task-request.ts';
import type { TaskLibrary } from './task-work.ts';

const numberPaths = new Set([
  'num_workers',
  'autoscale.min_workers',
  'autoscale.max_workers',
  'autotermination_minutes',
  'aws_attributes.first_on_demand',
  'aws_attributes.spot_bid_price_percent',
  'aws_attributes.ebs_volume_count',
  'aws_attributes.ebs_volume_size',
]);

/** What the policies of clusters are evaluated with. */
export interface ClusterRules {
  readonly db: Database;
  /** Whether a limiting policy rule without `isOptional` makes its attribute required. */
  readonly limitsRequire: boolean;
}

/** Holds the cluster of every task to its policy. @throws ApiError for one that the policy or its shape forbids. */
export function planTasks(tasks: readonly TaskRequest[], who: Identity, rules: ClusterRules): PlannedTask[] {
  return tasks.map((task) => {
    if (task.isServerless) return { ...task, evaluated: { spec: {}, sources: {}, violations: [] } };
    const newCluster = withNumbers(task.newCluster);
    const evaluated = evaluateCluster(newCluster, who, rules);
    const libraries = [...librariesOfPolicy(newCluster, rules.db), ...task.libraries];
    return { ...task, newCluster, libraries, evaluated };
  });
}

/** What a policy has installed on each of its clusters. */
function librariesOfPolicy(cluster: JsonObject, db: Database): TaskLibrary[] {
  const policyId = fieldsOf(cluster).text('policy_id');
  return policyId ? parseLibraries(policyLibraries(db, policyId)) : [];
}

/** Sizes that came as text become numbers, as the real parser has it. */
function withNumbers(sent: JsonObject): JsonObject {
  let cluster = sent;
  for (const [path, value] of flattenCluster(sent)) {
    if (numberPaths.has(path) && /^-?\d{1,9}$/.test(String(value)))
      cluster = withPath(cluster, path, Number(value));
  }
  return cluster;
}

/** One cluster under its policy. @throws ApiError as {@link planTasks} */
export function evaluateCluster(sent: JsonObject, who: Identity, options: ClusterRules): EvaluatedCluster {
  const fields = fieldsOf(sent, 'new_cluster.');
  const policyId = fields.text('policy_id');
  if (!policyId && !who.isAdmin)
    throw new ApiError(
      'PERMISSION_DENIED',
      `User ${who.userName} is not authorized to create clusters without a policy: give new_cluster.policy_id. ${usablePolicies(options.db, who)}`,
    );
  const rules = policyId ? rulesForUse(options.db, policyId, who) : [];
  const evaluated = evaluatePolicy(sent, rules, {
    applyDefaults: fields.flag('apply_policy_default_values') ?? false,
    limitsRequire: options.limitsRequire,
  });
  const { violations } = evaluated;
  const problems = violations.length > 0 ? violations : clusterProblems(evaluated.spec, who, options.db);
  if (problems.length > 0) throw invalidParameter(`Cluster validation error: ${problems.join('; ')}`);
  return evaluated;
}

const NAMED_POLICIES = 5;

function usablePolicies(db: Database, who: Identity): string {
  const policies = listPolicies(db, who, 'POLICY_NAME', false);
  if (policies.length === 0)
    return 'There is none that this user may use: an administrator creates one, and grants a group of the user CAN_USE on it.';
  const named = policies.slice(0, NAMED_POLICIES).map(({ policy_id, name }) => `${policy_id} (${name})`);
  return `This user may use ${[...named, ...(policies.length > named.length ? ['…'] : [])].join(', ')}.`;
}

function clusterProblems(spec: JsonObject, who: Identity, db: Database): string[] {
  const missing = shapeProblems(spec);
  if (missing.length > 0) return missing;
  const fields = fieldsOf(spec, 'new_cluster.');
  const texts = ['spark_env_vars', 'spark_conf'].flatMap((name) => Object.values(fields.object(name) ?? {}));
  return secretProblems(db, who, texts);
}

/** What every cluster needs, whether the request or the policy gave it. */
function shapeProblems(spec: JsonObject): string[] {
  const missing = (name: string): string =>
    `Missing required field: settings.cluster_spec.new_cluster.${name}`;
  const fields = fieldsOf(spec, 'new_cluster.');
  const workers = fields.integer('num_workers');
  const autoscale = fields.object('autoscale');
  if (workers === undefined && autoscale === undefined) return [missing('size')];
  if (workers !== undefined && autoscale !== undefined)
    return ['Only one of num_workers and autoscale may be given.'];
  if (autoscale !== undefined) {
    const size = fieldsOf(autoscale, 'new_cluster.autoscale.');
    if (size.requiredInteger('min_workers') > size.requiredInteger('max_workers'))
      return ['autoscale.max_workers must not be less than autoscale.min_workers.'];
  }
  if (!fields.text('spark_version')) return [missing('spark_version')];
  if (!fields.text('node_type_id') && !fields.text('instance_pool_id')) return [missing('node_type_id')];
  return [];
}
