import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { ConfigError, HermesError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { redactJson } from '../../core/redaction.ts';
import type { ClusterPolicy, PoliciesApi } from '../../databricks/api.ts';
import { evaluatePolicy } from '../../databricks/policy/evaluate-policy.ts';
import type { PastRequest } from '../../databricks/runs/past-request.ts';
import { isTerminal } from '../../databricks/runs/run-state.ts';
import { endRemoteRun } from '../../engines/local/attempt/end-remote-run.ts';
import { rulesReader } from '../../engines/local/plan/plan-submit.ts';
import type { Cli } from '../cli.ts';
import type { WorkspaceLink } from '../connect-workspace.ts';
import type { ForeignRun } from './find-run.ts';
import { artifactsGone, requireTasks, stillGoing } from './run-refusals.ts';
import { watchRemote } from './watch-runs.ts';

/** How to repeat a run that only the workspace knows. */
interface ForeignOptions {
  readonly task: readonly string[];
  readonly dryRun?: true;
}

/**
 * Repeats a run that this machine has no record of, as it was: its request is built from what the workspace tells.
 * Shows it and sets the exit code by its outcome. Ctrl-C ends the new run.
 */
export async function rerunForeign(
  cli: Cli,
  { link, runId }: ForeignRun,
  options: ForeignOptions,
): Promise<void> {
  const { databricks } = link;
  const run = await databricks.jobs.getRun(runId, cli.signal);
  if (options.dryRun !== true && !isTerminal(run.state)) throw stillGoing(`run ${runId}`, runId);
  const asked = await databricks.past.pastRequest(runId, cli.signal);
  requireRepeatable(runId, asked);
  const chosen = chooseTasks(runId, asked.body, options.task);
  requireFiles(runId, chosen);
  const body = await underPresentPolicies(runId, chosen, databricks, cli.signal);
  for (const remark of asked.remarks) cli.note(`Otherwise than then: ${remark}.`);
  if (options.dryRun === true) {
    cli.object({ repeats: runId, request: body });
    cli.print('POST /api/2.2/jobs/runs/submit');
    if (!cli.json) cli.result(stringify(redactJson(body), { lineWidth: 0 }).replace(/^(?=.)/gm, '  '));
    return;
  }
  await submitAndWatch(cli, link, { ...body, idempotency_token: `hermes-rerun-${randomUUID()}` }, runId);
}

/** A submit is not stopped by Ctrl-C: one that is cut off may have started a run that nobody knows. */
async function submitAndWatch(
  cli: Cli,
  link: WorkspaceLink,
  body: JsonObject,
  repeats: string,
): Promise<void> {
  cli.signal.throwIfAborted();
  const runId = await link.databricks.jobs.submitRun(body);
  cli.note(
    `Repeats run ${repeats} as run ${runId}. What started ${repeats}, as Airflow, does not learn of it.`,
  );
  try {
    await watchRemote(cli, link, runId);
  } catch (error) {
    if (!cli.signal.aborted) throw error;
    cli.note(`Interrupted: cancelling run ${runId} …`);
    const run = await endRemoteRun({ ...link, clock: cli.clock }, runId, (message) => cli.note(message));
    if (run !== undefined) cli.note(`run ${runId} has ended: ${run.state.result ?? run.state.lifeCycle}`);
    throw error;
  }
}

function requireRepeatable(runId: string, { obstacles }: PastRequest): void {
  if (obstacles.length === 0) return;
  throw new ConfigError(`Cannot repeat run ${runId} from what the workspace tells: ${obstacles.join('; ')}`, {
    code: 'HERMES_NOT_REPEATABLE',
    nextStep: 'Repeat it on its page, or run its DAG from the file: hermes dag run FILE',
  });
}

function chooseTasks(runId: string, body: JsonObject, wanted: readonly string[]): JsonObject {
  const tasks = body.tasks as readonly JsonObject[];
  const keys = tasks.map((task) => String(task.task_key));
  requireTasks(wanted, runId, keys);
  if (wanted.length === 0) return body;
  const chosen = tasks.filter((task) => wanted.includes(String(task.task_key)));
  return { ...body, tasks: chosen.map((task) => withoutAbsent(task, wanted)) };
}

function withoutAbsent({ depends_on: before, ...task }: JsonObject, keys: readonly string[]): JsonObject {
  const kept = listOf(before).filter((each) => keys.includes(String((each as JsonObject).task_key)));
  return kept.length === 0 ? task : { ...task, depends_on: kept };
}

/** Files of this machine can be looked for; those elsewhere the workspace finds, or does not. */
function requireFiles(runId: string, body: JsonObject): void {
  const files = (body.tasks as readonly JsonObject[]).flatMap((task) => [
    String((task.spark_python_task as JsonObject | undefined)?.python_file ?? ''),
    ...listOf(task.libraries).map((library) => String((library as JsonObject).whl ?? '')),
  ]);
  const gone = files.filter((file) => file.startsWith('file:') && !existsSync(fileURLToPath(file)));
  if (gone.length === 0) return;
  const next = 'Run its DAG from the file with what is published at present: hermes dag run FILE';
  throw artifactsGone(
    runId,
    gone.map((file) => `${file} is gone`),
    next,
  );
}

/** Leaves out what the present policies fix. @throws HermesError for what they refuse, and for one that may not be used */
async function underPresentPolicies(
  runId: string,
  body: JsonObject,
  { policies }: WorkspaceLink['databricks'],
  signal: AbortSignal,
): Promise<JsonObject> {
  const rulesOf = rulesReader();
  const problems: string[] = [];
  const tasks: JsonObject[] = [];
  for (const task of body.tasks as readonly JsonObject[]) {
    const cluster = task.new_cluster as JsonObject | undefined;
    const policyId = String(cluster?.policy_id ?? '');
    if (cluster === undefined || policyId === '') {
      tasks.push(task);
      continue;
    }
    const policy = await policyOrNone(policies, policyId, signal);
    if (policy === undefined) {
      problems.push(`cluster policy ${policyId} is gone`);
      continue;
    }
    const wanted = { ...cluster, apply_policy_default_values: true };
    const { request, violations } = evaluatePolicy(wanted, rulesOf(policy), { size: 'as asked' });
    problems.push(
      ...violations.map(({ path, rule }) => `${path} ${rule}, says policy ${policy.name} at present`),
    );
    tasks.push({ ...task, new_cluster: request });
  }
  if (problems.length === 0) return { ...body, tasks };
  throw new ConfigError(`Cannot repeat run ${runId} as it was: ${problems.join('; ')}`, {
    code: 'HERMES_REQUEST_REFUSED',
    nextStep: 'Run its DAG from the file, so that the cluster is made for the present policy.',
  });
}

/** Undefined where it is gone. Whoever may not read it may not use it either, which the error says. */
async function policyOrNone(
  policies: PoliciesApi,
  policyId: string,
  signal: AbortSignal,
): Promise<ClusterPolicy | undefined> {
  try {
    return await policies.getPolicy(policyId, signal);
  } catch (error) {
    if (error instanceof HermesError && error.code === 'HERMES_DATABRICKS_NOT_FOUND') return undefined;
    throw error;
  }
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
