import { readFileSync, statSync } from 'node:fs';
import { ConfigError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import { components, logFile } from '../../engines/airflow/local/instance-state.ts';
import type { AirflowApi } from '../../engines/airflow/rest/airflow-api.ts';
import {
  listTaskInstances,
  type RunKey,
  type TaskInstance,
} from '../../engines/airflow/rest/task-instances.ts';
import { type LogEntry, taskLog } from '../../engines/airflow/rest/task-log.ts';
import type { Cli } from '../cli.ts';
import { addedText } from '../runs/follow-logs.ts';
import { requireApi, requireInstance } from './instances.ts';
import { requireRun } from './known-run.ts';
import { usefulLog, wholeLog } from './useful-log.ts';

/** Options of `hermes airflow logs`. */
export interface LogOptions {
  readonly env: string;
  readonly follow?: true;
  readonly attempt?: number;
  /** What Airflow says of itself, too. */
  readonly all?: true;
}

const PERIOD_MS = 500;

/** Whose log is asked for. */
export interface LogQuestion {
  /** A DAG, or the name of a process. */
  readonly subject: string;
  /** A run of the DAG. @defaultValue the last one */
  readonly run: string | undefined;
  /** @defaultValue every task of the run */
  readonly task: string | undefined;
}

/** Prints what a task wrote into Airflow's log, all tasks of a run one after the other, or the output of a process. */
export async function printAirflowLog(
  cli: Cli,
  { subject, run, task }: LogQuestion,
  options: LogOptions,
): Promise<void> {
  const process = components.find((name) => name === subject);
  if (run === undefined && process !== undefined) {
    await requireInstance(cli, options.env);
    return printProcess(cli, logFile(cli.home.airflow(options.env), process), options);
  }
  const api = await requireApi(cli, options.env);
  const key = await requireRun(cli, api, subject, run ?? 'last', run === undefined ? components : []);
  const instances = await listTaskInstances(api, key, cli.signal);
  for (const instance of chosen(instances, key, task)) await printTask(cli, api, key, instance, options);
}

async function printProcess(cli: Cli, file: string, { follow }: LogOptions): Promise<void> {
  let seen = '';
  for (;;) {
    const text = statSync(file, { throwIfNoEntry: false }) === undefined ? '' : readFileSync(file, 'utf8');
    const added = addedText(seen, text);
    if (added !== '') cli.result(added);
    cli.object({ log: added, file });
    seen = text;
    if (follow !== true) return;
    await cli.clock.sleep(PERIOD_MS, cli.signal);
  }
}

function chosen(
  instances: readonly TaskInstance[],
  key: RunKey,
  task: string | undefined,
): readonly TaskInstance[] {
  const begun = instances.filter(({ attempt, startedAt }) => attempt > 0 && startedAt !== undefined);
  const order = (one: TaskInstance): number => one.startedAt?.getTime() ?? 0;
  if (task === undefined) return begun.toSorted((a, b) => order(a) - order(b));
  const ids = [...new Set(instances.map(({ taskId }) => taskId))];
  const found = instances.filter(({ taskId }) => taskId === task);
  if (found.length > 0) return found.toSorted((a, b) => a.mapIndex - b.mapIndex);
  throw new ConfigError(`Run ${key.runId} of ${key.dagId} has no task ${task}. Tasks: ${ids.join(', ')}.`, {
    code: 'HERMES_UNKNOWN_TASK',
    nextStep: didYouMean(task, ids) ?? 'Name one of them.',
  });
}

async function printTask(
  cli: Cli,
  api: AirflowApi,
  key: RunKey,
  instance: TaskInstance,
  options: LogOptions,
): Promise<void> {
  const attempt = askedAttempt(instance, key, options.attempt);
  const { taskId, mapIndex } = instance;
  const name = nameOf(instance);
  let shown = 0;
  cli.print(cli.style('bold', `${name} · attempt ${attempt}`));
  for (let current: TaskInstance | undefined = instance; ; ) {
    const hasBegun = current === undefined || attempt < current.attempt || current.startedAt !== undefined;
    const entries = hasBegun ? await taskLog(api, key, { taskId, attempt, mapIndex }, cli.signal) : [];
    const lines = options.all === true ? wholeLog(entries) : usefulLog(entries);
    for (const entry of lines.slice(shown)) {
      cli.object({ task: name, attempt, ...entry });
      cli.result(lineOf(entry));
    }
    if (lines.length === 0 && options.follow !== true) cli.note(silence(current, attempt, entries));
    shown = lines.length;
    if (options.follow !== true || current?.endedAt !== undefined) return;
    await cli.clock.sleep(PERIOD_MS, cli.signal);
    const all = await listTaskInstances(api, key, cli.signal);
    current = all.find((each) => each.taskId === taskId && each.mapIndex === mapIndex);
  }
}

function nameOf({ taskId, mapIndex }: TaskInstance): string {
  return mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`;
}

/** @throws ConfigError for one that there was not yet */
function askedAttempt(instance: TaskInstance, { runId }: RunKey, wanted: number | undefined): number {
  const last = Math.max(1, instance.attempt);
  if (wanted === undefined || wanted <= last) return wanted ?? last;
  throw new ConfigError(
    `Task ${nameOf(instance)} of run ${runId} has no attempt ${wanted}. Attempts so far: ${last}.`,
    { code: 'HERMES_UNKNOWN_ATTEMPT', nextStep: 'Leave --attempt out for the last one.' },
  );
}

const WAITING = new Set([undefined, 'scheduled', 'queued']);

/** Why a log is empty: the task has not begun, or Airflow has no more of it. */
function silence(instance: TaskInstance | undefined, attempt: number, entries: readonly LogEntry[]): string {
  const { state = 'not looked at yet', queuedAt } = instance ?? {};
  const isAhead = instance?.startedAt === undefined || WAITING.has(instance.state);
  if (instance?.attempt === attempt && isAhead) {
    const since = state === 'queued' && queuedAt !== undefined ? ` since ${queuedAt.toISOString()}` : '';
    return `It has not started: it is ${state}${since}.`;
  }
  const remark = entries.find(({ event, logger }) => logger === undefined && /^[A-Z].* /.test(event))?.event;
  return remark === undefined ? 'Nothing but what --all shows.' : `Airflow has no log of it. ${remark}`;
}

function lineOf({ timestamp, level, event, error }: LogEntry): string {
  const time = timestamp === '' ? '' : `${timestamp.slice(11, 19)} `;
  const mark = level === '' || level === 'info' ? '' : `${level.toUpperCase()} `;
  const reason = error === undefined ? '' : `\n${error}`.replaceAll('\n', '\n      ');
  return `${time}${mark}${event}${reason}`;
}
