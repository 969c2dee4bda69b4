import { withWrittenDates } from '../../../../operators/run-date.ts';
import { ConfigError } from '../../../core/errors.ts';
import { TemplateError } from '../../../core/jinja/syntax.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { ClusterPolicy } from '../../../databricks/api.ts';
import { type EvaluatedCluster, evaluatePolicy } from '../../../databricks/policy/evaluate-policy.ts';
import { parsePolicyDefinition } from '../../../databricks/policy/parse-policy.ts';
import type { PolicyRules } from '../../../databricks/policy/policy-rule.ts';
import type { RunRecord, TaskRecord } from '../record/run-record.ts';
import type { Surroundings } from './prepare-surroundings.ts';
import { refusalText } from './refusal-text.ts';
import { submitRenderer } from './render-submit.ts';
import type { SubmitProblem } from './submit-problems.ts';

/** One cluster of a request, and what its policy makes of it. */
export interface PlannedCluster {
  /** Key of the task inside the request. */
  readonly taskKey: string;
  readonly policy: ClusterPolicy;
  /** Of the policy's definition. */
  readonly rules: PolicyRules;
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
      const rules = rulesOf(policy);
      const evaluated = evaluatePolicy(cluster, rules);
      clusters.push({ taskKey: String(each.task_key), policy, rules, evaluated });
      return { ...each, new_cluster: evaluated.request };
    });
    return { taskId: task.taskId, body: { ...body, tasks }, clusters };
  };
}

/** The requests of a run for the first attempt of each task, and why some cannot be sent. */
export interface SubmitPlans {
  readonly plans: readonly SubmitPlan[];
  readonly problems: readonly SubmitProblem[];
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
      problems.push(...refusals(planned, task));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const message = [error.message, error.nextStep].filter((text) => text !== undefined).join(' ');
      const template = error instanceof TemplateError ? { template: withWrittenDates(error.template) } : {};
      problems.push({ taskId: task.taskId, message: withWrittenDates(message), ...template });
    }
  }
  return { plans, problems };
}

/** A sentence for each value that a policy refuses, with the edit that passes. */
function refusals({ clusters }: SubmitPlan, { taskId, operatorName }: TaskRecord): readonly SubmitProblem[] {
  return clusters.flatMap(({ policy, rules, evaluated }) =>
    evaluated.violations.map((violation) => {
      const rule = rules.byPath.get(violation.path);
      return { taskId, message: refusalText(violation, policy.name, rule, operatorName) };
    }),
  );
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
