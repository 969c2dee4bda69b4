import { type Json, type JsonObject, stringifyJson } from '../../core/json.ts';
import { activeClustersOf } from '../compute/clusters.ts';
import type { Identity } from '../identity/users.ts';
import { flattenCluster, withPath } from '../policies/cluster-paths.ts';
import { policyLimit, rulesForUse } from '../policies/policies.ts';
import { type EvaluatedCluster, evaluatePolicy } from '../policies/policy-evaluator.ts';
import type { Database } from '../state/database.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { insertRun, runByToken } from './runs.ts';
import { type PlannedTask, parseSubmission, type TaskRequest } from './submission.ts';

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

export interface SubmitOptions {
  readonly db: Database;
  readonly now: Date;
  readonly firstRunId: bigint;
  /** Whether a limiting policy rule without `isOptional` makes its attribute required. */
  readonly limitsRequire: boolean;
}

/**
 * Takes in a run, checking in the order of the real service: shape, then the policy (exists, may be used, obeyed), then
 * the token (a repeat answers the run it made, whatever became of it), then quotas. Everything is stored at once.
 */
export function submitRun(
  body: Json,
  who: Identity,
  options: SubmitOptions,
): { runId: bigint; isNew: boolean } {
  const { db } = options;
  const submission = parseSubmission(body);
  const tasks = submission.tasks.map(
    (task): PlannedTask => ({ ...task, evaluated: evaluateCluster(withNumbers(task), who, options) }),
  );
  const { idempotencyToken } = submission;
  const known = idempotencyToken === undefined ? undefined : runByToken(db, idempotencyToken);
  if (known?.deleted != null)
    throw invalidParameter(
      `The run with idempotency token '${idempotencyToken}' was deleted; choose another token.`,
    );
  if (known !== undefined) return { runId: known.run_id, isNew: false };
  assertQuota(db, who, tasks);
  return insertRun(db, submission, tasks, stringifyJson(body), who, options.now, options.firstRunId);
}

/** `max_clusters_per_user` of the policies that the run uses. */
function assertQuota(db: Database, who: Identity, tasks: readonly PlannedTask[]): void {
  for (const { newCluster } of tasks) {
    const policyId = fieldsOf(newCluster).text('policy_id');
    const limit = policyId ? policyLimit(db, policyId) : undefined;
    if (policyId && limit !== undefined && activeClustersOf(db, who.userName, policyId) >= limit)
      throw new ApiError(
        'QUOTA_EXCEEDED',
        `User ${who.userName} has ${limit} active clusters under the policy ${policyId}, which is its limit.`,
      );
  }
}

/** Sizes that came as text become numbers, as the real parser has it. */
function withNumbers(task: TaskRequest): TaskRequest {
  let { newCluster } = task;
  for (const [path, value] of flattenCluster(newCluster)) {
    if (numberPaths.has(path) && /^-?\d{1,9}$/.test(String(value)))
      newCluster = withPath(newCluster, path, Number(value));
  }
  return { ...task, newCluster };
}

function evaluateCluster(task: TaskRequest, who: Identity, options: SubmitOptions): EvaluatedCluster {
  const fields = fieldsOf(task.newCluster, 'new_cluster.');
  const policyId = fields.text('policy_id');
  if (!policyId && !who.isAdmin)
    throw new ApiError(
      'PERMISSION_DENIED',
      `User ${who.userName} is not authorized to create clusters without a policy: give new_cluster.policy_id.`,
    );
  const rules = policyId ? rulesForUse(options.db, policyId, who) : [];
  const evaluated = evaluatePolicy(task.newCluster, rules, {
    applyDefaults: fields.flag('apply_policy_default_values') ?? false,
    limitsRequire: options.limitsRequire,
  });
  const problems = evaluated.violations.length > 0 ? evaluated.violations : shapeProblems(evaluated.spec);
  if (problems.length > 0) throw invalidParameter(`Cluster validation error: ${problems.join('; ')}`);
  return evaluated;
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
  return secretProblems(fields.object('spark_env_vars') ?? {});
}

/** This workspace keeps no secrets, so a reference to one names none that exists. */
function secretProblems(variables: JsonObject): string[] {
  return Object.values(variables).flatMap((value) => {
    const reference = /\{\{\s*secrets\/([^/}]+)\/([^}]+?)\s*\}\}/.exec(String(value));
    return reference === null
      ? []
      : [`Secret does not exist with scope: ${reference[1]} and key: ${reference[2]}`];
  });
}
