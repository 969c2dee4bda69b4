import { ConfigError } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/json.ts';
import { isHermesTag } from '../../../core/tags.ts';
import type { ClusterPolicy } from '../../../databricks/api.ts';
import { type EvaluatedCluster, evaluatePolicy } from '../../../databricks/policy/evaluate-policy.ts';
import { parsePolicyDefinition } from '../../../databricks/policy/parse-policy.ts';
import type { PolicyViolation } from '../../../databricks/policy/policy-violation.ts';
import { LOG_ACCESS } from '../../../databricks/policy/policy-words.ts';
import type { RunRecord, TaskRecord } from '../record/run-record.ts';
import type { Surroundings } from './prepare-surroundings.ts';
import { submitRenderer } from './render-submit.ts';

/** One cluster of a request, and what its policy makes of it. */
export interface PlannedCluster {
  /** Key of the task inside the request. */
  readonly taskKey: string;
  readonly policy: ClusterPolicy;
  readonly evaluated: EvaluatedCluster;
}

/** What a task would send for one attempt. */
export interface SubmitPlan {
  readonly taskId: string;
  /** The body of `runs/submit`, without what the policies fix. */
  readonly body: JsonObject;
  /** Those that name a policy. */
  readonly clusters: readonly PlannedCluster[];
}

/** Plans the request of a task for an attempt; attempts count from 1. */
export type SubmitPlanner = (task: Pick<TaskRecord, 'taskId' | 'plan'>, tryNumber: number) => SubmitPlan;

/**
 * Plans the requests of one run: renders them and fits each cluster to the policy that it names. Pure.
 * The planner throws ConfigError for a template that cannot be rendered and for a policy that nobody can use; what a
 * policy refuses is in the plan.
 */
export function submitPlanner(record: RunRecord, { variables, policies }: Surroundings): SubmitPlanner {
  const render = submitRenderer(record, variables);
  const rulesOf = rulesReader();
  return (task, tryNumber) => {
    const body = render(task, tryNumber);
    if (!Array.isArray(body.tasks)) return { taskId: task.taskId, body, clusters: [] };
    const clusters: PlannedCluster[] = [];
    const tasks = (body.tasks as readonly JsonObject[]).map((each) => {
      const cluster = each.new_cluster as JsonObject | undefined;
      const policy = policies.get(String(cluster?.policy_id ?? ''));
      if (cluster === undefined || policy === undefined) return each;
      const evaluated = evaluatePolicy(cluster, rulesOf(policy));
      clusters.push({ taskKey: String(each.task_key), policy, evaluated });
      return { ...each, new_cluster: evaluated.request };
    });
    return { taskId: task.taskId, body: { ...body, tasks }, clusters };
  };
}

/** A sentence for each value that a policy refuses, and the smallest edit that passes. */
function refusals(plan: SubmitPlan): readonly string[] {
  return plan.clusters.flatMap(({ policy, evaluated }) =>
    evaluated.violations.map((violation) => refusalText(violation, policy)),
  );
}

/** `node_type_id = "m5.24xlarge" is refused: it must be one of …, says policy weather-dev. Take m5.large.` */
function refusalText({ path, value, rule, fix }: PolicyViolation, { name }: ClusterPolicy): string {
  const said =
    value === undefined
      ? `${path} ${rule}, says policy ${name}.`
      : `${path} = ${JSON.stringify(value)} is refused: it ${rule}, says policy ${name}.`;
  const cure =
    isSetByHermes(path) && path !== LOG_ACCESS
      ? 'Hermes sets it for every task: ask the platform team, which owns the policy, to allow it.'
      : fix;
  return `${said} ${cure}`;
}

/** Whether a policy path names what no option of a task changes. */
export function isSetByHermes(path: string): boolean {
  const tag = /^custom_tags\.(.*)$/s.exec(path)?.[1];
  if (tag !== undefined) return isHermesTag(tag);
  return /^(autoscale\.|spark_env_vars\.(HERMES_|DD_)|spark_conf\.spark\.databricks\.acl\.)/.test(path);
}

/** The requests of a run for the first attempt of each task, and why some cannot be sent. */
export interface SubmitPlans {
  readonly plans: readonly SubmitPlan[];
  readonly problems: readonly SubmitProblem[];
}

/** Why a task cannot start: a template that cannot be rendered, or what a policy refuses. */
export interface SubmitProblem {
  readonly taskId: string;
  readonly message: string;
}

/** Plans every request of a run and gathers what is wrong with them. Pure. */
export function planSubmits(record: RunRecord, surroundings: Surroundings): SubmitPlans {
  const plan = submitPlanner(record, surroundings);
  const plans: SubmitPlan[] = [];
  const problems: SubmitProblem[] = [];
  for (const task of record.tasks) {
    try {
      const planned = plan(task, 1);
      plans.push(planned);
      problems.push(...refusals(planned).map((message) => ({ taskId: task.taskId, message })));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const message = [error.message, error.nextStep].filter((text) => text !== undefined).join(' ');
      problems.push({ taskId: task.taskId, message });
    }
  }
  return { plans, problems };
}

/** @throws ConfigError with all problems */
export function requireNoProblems(problems: readonly SubmitProblem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const tasks = new Set(problems.map(({ taskId }) => taskId));
  const message =
    tasks.size === 1
      ? `Cannot start task ${first.taskId}: ${problems.map((problem) => problem.message).join(' ')}`
      : `Cannot start ${tasks.size} tasks:\n${problems.map((one) => `  ${one.taskId}: ${one.message}`).join('\n')}`;
  throw new ConfigError(message, {
    code: 'HERMES_REQUEST_REFUSED',
    nextStep: 'See every request, and what its policy makes of it, with: hermes dag plan FILE',
  });
}

/** Reads each definition once. */
export function rulesReader() {
  const known = new Map<string, ReturnType<typeof readRules>>();
  return (policy: ClusterPolicy) => {
    const rules = known.get(policy.policyId) ?? readRules(policy);
    known.set(policy.policyId, rules);
    return rules;
  };
}

function readRules({ name, definition }: ClusterPolicy) {
  const { rules, problems } = parsePolicyDefinition(definition);
  if (rules !== undefined) return rules;
  const reasons = problems.filter(({ severity }) => severity === 'unusable').map(({ message }) => message);
  throw new ConfigError(`Cannot use policy ${name}, its definition is malformed: ${reasons.join(' ')}`, {
    code: 'HERMES_POLICY_MALFORMED',
    nextStep: 'Tell the platform team, which owns it. No cluster can be made with it until it is corrected.',
  });
}
