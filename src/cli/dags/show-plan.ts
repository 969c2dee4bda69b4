import { stringify } from 'yaml';
import { ConfigError } from '../../core/errors.ts';
import { redactJson } from '../../core/redaction.ts';
import type { ClusterPolicy } from '../../databricks/api.ts';
import { previewSurroundings, type Surroundings } from '../../engines/local/plan/prepare-surroundings.ts';
import { problemLines } from '../../engines/local/plan/submit-problems.ts';
import type { Cli } from '../cli.ts';
import { connectWorkspace } from '../connect-workspace.ts';
import { surroundingsFrom } from '../policies/policy-file.ts';
import { counted } from '../table.ts';
import type { environmentsOf } from '../team-environments.ts';
import type { StartOptions } from './asked-run.ts';
import { type DagPlan, planDag } from './plan-dag.ts';
import { clusterLines, taskPlanLines } from './plan-lines.ts';

/** What of a plan to show, and where its policies come from. */
export interface ShowPlanOptions {
  /** Everything about one task instead of a few lines on each. */
  readonly task?: string;
  /** Instead of asking the workspace. */
  readonly policies?: readonly ClusterPolicy[];
}

/**
 * Prints what a run would send, task by task. Nothing is started.
 * @throws ConfigError when it could not start, after everything has been printed
 */
export async function showPlan(cli: Cli, start: StartOptions, options: ShowPlanOptions = {}): Promise<void> {
  const { task: taskId, policies } = options;
  if (taskId !== undefined) start.dag.task(taskId);
  const plan = await planDag(cli, start, (environments) => surroundingsOf(cli, environments, policies));
  if (taskId === undefined) showTasks(cli, plan);
  else showTask(cli, plan, taskId);
  const problems = plan.problems.filter((problem) => problem.taskId === (taskId ?? problem.taskId));
  if (problems.length === 0) return;
  throw new ConfigError(`${start.dag.dagId} would not start:\n${problemLines(problems)}`, {
    code: 'HERMES_PLAN_PROBLEMS',
  });
}

type Environments = ReturnType<typeof environmentsOf>;

async function surroundingsOf(
  cli: Cli,
  environments: Environments,
  policies: readonly ClusterPolicy[] | undefined,
): Promise<Surroundings> {
  if (policies !== undefined) {
    const each = environments.map((environment) => surroundingsFrom(policies, environment));
    return {
      variables: Object.assign({}, ...each.map(({ variables }) => variables)),
      policies: new Map(each.flatMap((one) => [...one.policies])),
    };
  }
  const [first] = environments;
  if (first === undefined) throw new Error('a plan needs an environment');
  const { databricks } = await connectWorkspace(cli, first);
  return previewSurroundings(environments, databricks.policies, cli.signal);
}

export function showTasks(cli: Cli, { record, submits, unpublished }: DagPlan): void {
  const style = cli.style.bind(cli);
  const parts = [record.environment, `team ${record.team}`, counted(record.tasks.length, 'task')];
  cli.print([style('bold', record.dagId), ...parts].join(' · '));
  for (const submit of submits) {
    const task = record.tasks.find(({ taskId }) => taskId === submit.taskId);
    if (task === undefined) continue;
    cli.object(objectOf(record, submit));
    for (const line of taskPlanLines(task, submit, !unpublished.has(task.taskId), style)) cli.print(line);
  }
}

function showTask(cli: Cli, { record, submits }: DagPlan, taskId: string): void {
  const submit = submits.find((each) => each.taskId === taskId);
  if (submit === undefined) return;
  cli.object(objectOf(record, submit));
  for (const cluster of submit.clusters) for (const line of clusterLines(cluster)) cli.print(line);
  cli.print('POST /api/2.2/jobs/runs/submit');
  cli.result(stringify(redactJson(submit.body), { lineWidth: 0 }).replace(/^(?=.)/gm, '  '));
}

function objectOf(record: DagPlan['record'], { taskId, body, clusters }: DagPlan['submits'][number]): object {
  const task = record.tasks.find((each) => each.taskId === taskId);
  return {
    dag: record.dagId,
    environment: record.environment,
    task: taskId,
    pin: task?.pin,
    request: body,
    clusters: clusters.map(({ taskKey, policy, evaluated }) => ({
      taskKey,
      policy: { policyId: policy.policyId, name: policy.name },
      ...evaluated,
    })),
  };
}
