import { readFileSync, statSync } from 'node:fs';
import { ConfigError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import { components, logFile } from '../../engines/airflow/local/instance-state.ts';
import type { AirflowApi } from '../../engines/airflow/rest/airflow-api.ts';
import { getRun, listRuns } from '../../engines/airflow/rest/dag-runs.ts';
import {
  listTaskInstances,
  type RunKey,
  type TaskInstance,
} from '../../engines/airflow/rest/task-instances.ts';
import { type LogEntry, taskLog } from '../../engines/airflow/rest/task-log.ts';
import type { Cli } from '../cli.ts';
import { addedText } from '../runs/follow-logs.ts';
import { requireApi, requireInstance } from './instances.ts';

/** Options of `hermes airflow logs`. */
export interface LogOptions {
  readonly env: string;
  readonly follow?: true;
  readonly attempt?: number;
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
  const key = await findRun(cli, api, subject, run ?? 'last');
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

/** The run of an id, or the latest one. */
async function findRun(cli: Cli, api: AirflowApi, dagId: string, run: string): Promise<RunKey> {
  if (run !== 'last') return getRun(api, dagId, run, cli.signal);
  const [latest] = await listRuns(api, dagId, 1, cli.signal);
  if (latest !== undefined) return latest;
  throw new ConfigError(`DAG ${dagId} has not run on this Airflow yet.`, {
    code: 'HERMES_UNKNOWN_RUN',
    nextStep: `Run it: hermes airflow run ${dagId}`,
  });
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
  const attempt = options.attempt ?? Math.max(1, instance.attempt);
  const { taskId, mapIndex } = instance;
  const name = mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`;
  let shown = 0;
  cli.print(cli.style('bold', `${name} · attempt ${attempt}`));
  for (let current: TaskInstance | undefined = instance; ; ) {
    const entries = await taskLog(api, key, { taskId, attempt, mapIndex }, cli.signal);
    for (const entry of entries.slice(shown).filter(({ event }) => !/^::(end)?group::/.test(event))) {
      cli.object({ task: name, attempt, ...entry });
      cli.result(lineOf(entry));
    }
    shown = entries.length;
    if (options.follow !== true || current?.endedAt !== undefined) return;
    await cli.clock.sleep(PERIOD_MS, cli.signal);
    const all = await listTaskInstances(api, key, cli.signal);
    current = all.find((each) => each.taskId === taskId && each.mapIndex === mapIndex);
  }
}

function lineOf({ timestamp, level, event, error }: LogEntry): string {
  const time = timestamp === '' ? '' : `${timestamp.slice(11, 19)} `;
  const mark = level === '' || level === 'info' ? '' : `${level.toUpperCase()} `;
  const reason = error === undefined ? '' : `\n${error}`.replaceAll('\n', '\n      ');
  return `${time}${mark}${event}${reason}`;
}
