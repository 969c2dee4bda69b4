import { openStore } from '../../artifacts/open-store.ts';
import type { Pin } from '../../artifacts/pin.ts';
import { verifyPins } from '../../artifacts/verify-pins.ts';
import type { Environment } from '../../config/environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { stringifyJson } from '../../core/json.ts';
import type { PastRequestsApi } from '../../databricks/runs/past-requests-api.ts';
import { changedPolicies, compareRuns } from '../../engines/local/again/compare-runs.ts';
import { keepClusters, withKeptClusters } from '../../engines/local/again/keep-clusters.ts';
import { overrideRecord } from '../../engines/local/again/override-record.ts';
import { planRerun } from '../../engines/local/again/rerun.ts';
import { type Override, parseOverride } from '../../engines/local/plan/override-dag.ts';
import { pinTasks } from '../../engines/local/plan/pin-tasks.ts';
import { planSubmits } from '../../engines/local/plan/plan-submit.ts';
import { prepareSurroundings, type Surroundings } from '../../engines/local/plan/prepare-surroundings.ts';
import { requireNoProblems } from '../../engines/local/plan/submit-problems.ts';
import { thisProcess } from '../../engines/local/record/driver-process.ts';
import { finishedStates, type RunRecord, type TaskRecord } from '../../engines/local/record/run-record.ts';
import { startPlanned, withPolicies } from '../../engines/local/run-dag.ts';
import type { Cli } from '../cli.ts';
import { connectWorkspace, type WorkspaceLink } from '../connect-workspace.ts';
import { withBench } from '../dags/drive-run.ts';
import { showTasks } from '../dags/show-plan.ts';
import { environmentsOf, pinResolver } from '../team-environments.ts';
import { operatorsOf } from './record-operators.ts';
import { rerunLines, rerunObject } from './rerun-lines.ts';
import { artifactsGone, requireTasks, stillGoing } from './run-refusals.ts';

/** How to repeat a recorded run. */
export interface RerunOptions {
  /** Resolves versions anew, instead of taking those that ran. */
  readonly latest?: true;
  /** Only these tasks; empty = all. */
  readonly task: readonly string[];
  /** `task.option=value` */
  readonly set: readonly string[];
  readonly dryRun?: true;
}

/** Repeats a run of this machine's records as a run of its own, shows it, and sets the exit code by its outcome. */
export async function rerunRecord(cli: Cli, record: RunRecord, options: RerunOptions): Promise<void> {
  const tasks = chooseTasks(record, options.task);
  if (options.dryRun !== true) requireEnded(record, tasks);
  const changed = await replaceOptions(cli, record, tasks, options.set);
  const teams = tasks.map(({ plan }) => plan.team);
  const environments = environmentsOf(cli, teams, record.environment, record.folder);
  requireSameKind(record, environments);
  const present = tasks.map((task) => changed.get(task.taskId) ?? task);
  const pins = await findPins(cli, record, present, environments, options.latest === true);
  const request = { record, taskIds: tasks.map(({ taskId }) => taskId), pins, changed };
  const plan = async ({ databricks }: Pick<WorkspaceLink, 'databricks'>, surroundings: Surroundings) => {
    requireSameHost(record, databricks.host);
    const planned = planRerun({ ...request, host: databricks.host }, cli.clock.now(), thisProcess());
    const past = options.latest === true ? undefined : databricks.past;
    return sayDifferences(cli, record, planned, surroundings, past);
  };
  if (options.dryRun !== true) {
    return withBench(cli, environments, async (bench, surroundings) =>
      startPlanned(await plan(bench, surroundings), surroundings, bench),
    );
  }
  const link = await connectWorkspace(cli, first(environments));
  const surroundings = await prepareSurroundings(environments, link.databricks.policies, cli.signal);
  const planned = await plan(link, surroundings);
  const { plans: submits, problems } = planSubmits(planned, surroundings);
  showTasks(cli, { record: planned, submits, problems, unpublished: new Set() });
  requireNoProblems(problems, planned.source);
}

/**
 * Says what comes out otherwise than the time before, and keeps clusters as they were where that can be.
 * @param past Without it clusters are those of the present.
 */
async function sayDifferences(
  cli: Cli,
  before: RunRecord,
  planned: RunRecord,
  surroundings: Surroundings,
  past: PastRequestsApi | undefined,
): Promise<RunRecord> {
  const { plans } = planSubmits(planned, surroundings);
  const changed = changedPolicies(before, withPolicies(planned, plans));
  const changes = past === undefined ? [] : await keepClusters(before, plans, changed, past, cli.signal);
  const differences = compareRuns(before, planned, plans);
  for (const line of rerunLines(before, planned, differences, changes)) cli.note(line);
  cli.object(rerunObject(before, planned, differences, changes));
  return withKeptClusters(planned, changes);
}

/** Runs no code of the repository unless it is needed. */
async function replaceOptions(
  cli: Cli,
  record: RunRecord,
  tasks: readonly TaskRecord[],
  set: readonly string[],
): Promise<ReadonlyMap<string, TaskRecord>> {
  const overrides = set.map(parseOverride);
  requireChosen(record, tasks, overrides);
  return overrides.length === 0
    ? new Map()
    : overrideRecord(record, overrides, await operatorsOf(cli, record));
}

/** An option of a task that is not repeated would change nothing. One that is unknown is named elsewhere. */
function requireChosen(
  record: RunRecord,
  tasks: readonly TaskRecord[],
  overrides: readonly Override[],
): void {
  const has = (all: readonly TaskRecord[], id: string): boolean => all.some(({ taskId }) => taskId === id);
  const left = overrides.find(({ taskId }) => has(record.tasks, taskId) && !has(tasks, taskId));
  if (left === undefined) return;
  const chosen = tasks.map(({ taskId }) => taskId).join(', ');
  throw new ConfigError(`Cannot set an option of task ${left.taskId}: only ${chosen} is to be repeated`, {
    code: 'HERMES_TASK_NOT_CHOSEN',
    nextStep: `Add --task ${left.taskId}, or leave the --set out.`,
  });
}

/** The same work twice at once would write to the same places. */
function requireEnded(record: RunRecord, tasks: readonly TaskRecord[]): void {
  const open = tasks.find(({ state }) => !finishedStates.has(state));
  if (open === undefined || record.state !== 'running') return;
  throw stillGoing(`task ${open.taskId} of run ${record.runId}`, record.runId);
}

function chooseTasks(record: RunRecord, wanted: readonly string[]): readonly TaskRecord[] {
  const ids = record.tasks.map(({ taskId }) => taskId);
  requireTasks(wanted, record.runId, ids);
  return wanted.length === 0 ? record.tasks : record.tasks.filter(({ taskId }) => wanted.includes(taskId));
}

/** The recorded artifacts, checked; for what asks for others than it did, or for all of them, those of the present. */
async function findPins(
  cli: Cli,
  record: RunRecord,
  tasks: readonly TaskRecord[],
  environments: readonly Environment[],
  latest: boolean,
): Promise<ReadonlyMap<string, Pin>> {
  const asksAnew = ({ taskId, plan }: TaskRecord): boolean => {
    const before = record.tasks.find((task) => task.taskId === taskId)?.plan.artifacts;
    return latest || stringifyJson(before) !== stringifyJson(plan.artifacts);
  };
  const kept = tasks.filter((task) => !asksAnew(task));
  await requireArtifacts(cli, record, kept, environments);
  const plans = tasks.filter(asksAnew).map(({ plan }) => plan);
  return plans.length === 0 ? new Map() : pinTasks(plans, pinResolver(environments, cli.signal));
}

async function requireArtifacts(
  cli: Cli,
  record: RunRecord,
  tasks: readonly TaskRecord[],
  environments: readonly Environment[],
): Promise<void> {
  const problems: string[] = [];
  for (const { team, artifacts } of environments) {
    const pins = tasks.flatMap(({ plan, pin }) => (plan.team === team && pin !== undefined ? [pin] : []));
    problems.push(...(await verifyPins(await openStore(artifacts), pins, cli.signal)));
  }
  if (problems.length === 0) return;
  const next = `Repeat it with what is published at present: hermes runs rerun ${record.runId} --latest`;
  throw artifactsGone(record.runId, problems, next);
}

/** An environment that was real must not become a folder of this machine because its files were moved. */
function requireSameKind(record: RunRecord, environments: readonly Environment[]): void {
  if (first(environments).embedded === record.embedded) return;
  const [was, is] = record.embedded ? ['embedded', 'a real one'] : [`at ${record.host}`, 'embedded'];
  throw new ConfigError(
    `Cannot repeat run ${record.runId}: environment ${record.environment} was ${was} then and is ${is} at present`,
    {
      code: 'HERMES_OTHER_WORKSPACE',
      facts: { folder: record.folder },
      nextStep: 'Its variables and hermes.yaml are looked for in that folder.',
    },
  );
}

function requireSameHost(record: RunRecord, host: string): void {
  if (record.embedded || record.host === host) return;
  throw new ConfigError(
    `Cannot repeat run ${record.runId}: it ran on another workspace than the configured one`,
    {
      code: 'HERMES_OTHER_WORKSPACE',
      facts: { ran: record.host, configured: host },
      nextStep: `Set DATABRICKS_HOST=${record.host} and a token of yours for it.`,
    },
  );
}

function first(environments: readonly Environment[]): Environment {
  const [one] = environments;
  if (one === undefined) throw new Error('a run has at least one team');
  return one;
}
