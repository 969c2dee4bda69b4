import { ConfigError } from '../../core/errors.ts';
import type { Run, TaskRun } from '../../databricks/runs/run.ts';
import { parseRunLink, type RunLink } from '../../databricks/runs/run-link.ts';
import { isSuccess, isTerminal } from '../../databricks/runs/run-state.ts';
import { isLoopback } from '../../databricks/sign-in/connection.ts';
import { lastAttempt, type RunRecord, type TaskRecord } from '../../engines/local/record/run-record.ts';
import { findRun, openRunStore, searchRun } from '../../engines/local/record/run-store.ts';
import { type WorkspaceOwner, whoseWorkspace } from '../../workspace/server/whose-workspace.ts';
import type { Cli } from '../cli.ts';
import { connectWorkspace, type WorkspaceLink } from '../connect-workspace.ts';
import { parseRunReference } from './run-reference.ts';
import { unknownTask } from './run-refusals.ts';
import { isNeverStarted, openRunWorkspace } from './run-workspace.ts';

/** Options that say which run is meant. */
export interface RunChoice {
  readonly env?: string | undefined;
  readonly task?: string | undefined;
}

/** A DAG run that is recorded on this machine. */
export interface RecordedRun {
  readonly kind: 'recorded';
  readonly record: RunRecord;
  /** The task that was meant: by its id, or by the id of its Databricks run. */
  readonly task?: TaskRecord;
  /** The Databricks run that was meant. */
  readonly runId?: string;
}

/** A run that only the workspace knows: somebody else's, or of another machine. */
export interface ForeignRun {
  readonly kind: 'foreign';
  readonly link: WorkspaceLink;
  /** Of the task run when a task was named. */
  readonly runId: string;
}

/**
 * What a person means by RUN: a DAG run of this machine, one Databricks run in it, or any Databricks run of a
 * workspace, by its id or its link.
 */
export async function resolveRun(
  cli: Cli,
  text: string,
  choice: RunChoice = {},
): Promise<RecordedRun | ForeignRun> {
  const reference = parseRunReference(text);
  const store = openRunStore(cli.home.dagRuns);
  const environment = choice.env === undefined ? {} : { environment: choice.env };
  if (reference.kind === 'name') {
    return recorded(await findRun(store, { reference: text, ...environment }), choice.task);
  }
  const { runId } = reference;
  const from = reference.link;
  const owner = from === undefined ? 'nobody' : await whoseLink(cli, from);
  const where = from === undefined ? {} : { link: { ...from, owner, isOther: owner === 'other' } };
  const found = await searchRun(store, { reference: runId, ...environment, ...where });
  if (found !== undefined) {
    if (from !== undefined && owner === 'nobody') noteOtherPort(cli, from, found.record);
    return recorded(found, choice.task);
  }
  const wish = { ...environment, ...where.link };
  // It says what there is instead.
  if (from === undefined && isNeverStarted(cli, wish))
    await findRun(store, { reference: runId, ...environment });
  const link = await openRunWorkspace(cli, wish);
  if (from !== undefined) await requireJob(link, runId, from.jobId, cli.signal);
  if (choice.task === undefined) return { kind: 'foreign', link, runId };
  const run = await link.databricks.jobs.getRun(runId, cli.signal);
  return { kind: 'foreign', link, runId: namedTask(run, choice.task).runId };
}

/** Of links of this machine the server behind them says whose they are: another workspace has the same ids. */
async function whoseLink(cli: Cli, { host }: RunLink): Promise<WorkspaceOwner> {
  return isLoopback(host) ? whoseWorkspace(host, cli.home.workspace) : 'nobody';
}

/** Nothing answers there: it may have been this workspace at another port, or that of another folder. */
function noteOtherPort(
  cli: Cli,
  { host, runId }: RunLink,
  { host: recordedHost, ...record }: RunRecord,
): void {
  const pages = record.tasks.flatMap(({ attempts }) => attempts.map(({ pageUrl = '' }) => pageUrl));
  if (host === recordedHost || pages.some((page) => parseRunLink(page)?.host === host)) return;
  cli.note(
    `The link is of ${host}, where nothing answers: taken for run ${runId} of this folder, at ${recordedHost}.`,
  );
}

/** @throws ConfigError when a link names a run of another job, as that of another workspace does */
async function requireJob(
  { databricks }: WorkspaceLink,
  runId: string,
  jobId: string,
  signal: AbortSignal,
): Promise<void> {
  const run = await databricks.jobs.getRun(runId, signal);
  if (run.jobId === '' || run.jobId === jobId) return;
  throw new ConfigError(
    `Cannot open the link: it names run ${runId} of job ${jobId}, and here that run belongs to job ${run.jobId}`,
    {
      code: 'HERMES_OTHER_WORKSPACE',
      facts: { workspace: databricks.host },
      nextStep:
        'The link may be of another workspace: name that one by DATABRICKS_HOST, --profile or -C FOLDER.',
    },
  );
}

function recorded(
  { record, taskId, databricksRunId }: Awaited<ReturnType<typeof findRun>>,
  wanted: string | undefined,
): RecordedRun {
  const task = wanted ?? taskId;
  return {
    kind: 'recorded',
    record,
    ...(task === undefined ? {} : { task: taskOf(record, task) }),
    ...(databricksRunId === undefined || wanted !== undefined ? {} : { runId: databricksRunId }),
  };
}

/** A Databricks run to act on, with the task it belongs to when this machine started it. */
export interface RemoteRun {
  readonly link: WorkspaceLink;
  readonly runId: string;
  readonly record?: RunRecord;
  readonly task?: TaskRecord;
  /** True when nobody named the task. */
  readonly isGuessed?: boolean;
  /** True when it was named by its own id or link. */
  readonly isNamed?: boolean;
}

/**
 * The Databricks run that a person means: of a DAG run it is that of the task named, else of the one that failed, else
 * of the last one that started.
 */
export async function findRemoteRun(cli: Cli, text: string, choice: RunChoice): Promise<RemoteRun> {
  const found = await resolveRun(cli, text, choice);
  if (found.kind === 'foreign') return found;
  const { record } = found;
  const task = found.task ?? tellingTask(record);
  const runId = found.runId ?? lastAttempt(task)?.runId;
  if (runId === undefined) {
    throw new ConfigError(
      `Cannot find a run of task ${task.taskId}: it has not been submitted [state=${task.state}]`,
      {
        code: 'HERMES_TASK_NOT_STARTED',
        nextStep: `See the whole DAG run with: hermes runs show ${record.runId}`,
      },
    );
  }
  const link = await linkOf(cli, record);
  const [isGuessed, isNamed] = [found.task === undefined, found.runId !== undefined];
  return { link, runId, record, task, isGuessed, isNamed };
}

export function linkOf(cli: Cli, record: RunRecord): Promise<WorkspaceLink> {
  return connectWorkspace(cli, { name: record.environment, embedded: record.embedded });
}

/**
 * The task run whose output can be read: a run with tasks has none of its own. Of several it is the one that was meant,
 * else the one that failed, else the last one that has begun. Undefined for a task run that comes without tasks.
 */
export function outputTask(run: Run, wanted: string): TaskRun | undefined {
  const begun = run.tasks.filter(({ state }) => !['BLOCKED', 'QUEUED'].includes(state.lifeCycle));
  return (
    run.tasks.find((task) => task.runId === wanted) ??
    run.tasks.find((task) => isTerminal(task.state) && !isSuccess(task.state)) ??
    begun.at(-1) ??
    run.tasks[0]
  );
}

function namedTask(run: Run, taskKey: string): TaskRun {
  const found = run.tasks.find((task) => task.taskKey === taskKey);
  if (found !== undefined) return found;
  throw unknownTask(
    taskKey,
    run.runId,
    run.tasks.map((task) => task.taskKey),
  );
}

function tellingTask(record: RunRecord): TaskRecord {
  const started = record.tasks.filter((task) => task.attempts.length > 0);
  const chosen =
    started.find((task) => task.state === 'failed') ?? started.toSorted(byStart).at(-1) ?? record.tasks[0];
  if (chosen !== undefined) return chosen;
  throw new Error(`run ${record.runId} has no task`);
}

function taskOf(record: RunRecord, taskId: string): TaskRecord {
  const found = record.tasks.find((task) => task.taskId === taskId);
  if (found !== undefined) return found;
  throw unknownTask(
    taskId,
    record.runId,
    record.tasks.map((task) => task.taskId),
  );
}

function byStart(a: TaskRecord, b: TaskRecord): number {
  return (lastAttempt(a)?.queuedAt ?? '') < (lastAttempt(b)?.queuedAt ?? '') ? -1 : 1;
}
