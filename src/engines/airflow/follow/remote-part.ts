import type { Databricks } from '../../../databricks/client.ts';
import type { Run, RunOutput } from '../../../databricks/runs/run.ts';
import { failedTask } from '../../../databricks/runs/run-outcome.ts';
import { isSuccess, isTerminal, stateWord } from '../../../databricks/runs/run-state.ts';
import type { RunWatcher } from '../../../databricks/runs/run-watcher.ts';
import { describeFailure } from '../../local/attempt/describe-failure.ts';
import type { AttemptError, TaskRecord } from '../../local/record/run-record.ts';
import type { AirflowApi } from '../rest/airflow-api.ts';
import type { RunKey } from '../rest/task-instances.ts';
import { getXcom } from '../rest/xcom.ts';
import type { RemotePart } from './task-of-instance.ts';

/** Where the runs of a DAG run are looked up. */
export interface RemoteBench {
  readonly api: AirflowApi;
  readonly databricks: Databricks;
  readonly watcher: RunWatcher;
  readonly signal: AbortSignal;
  readonly onTrouble: (message: string) => void;
}

/** The Databricks runs of a DAG run. */
export interface RemoteParts {
  /** What is known of an attempt's run at present; undefined before Airflow has submitted it. */
  partOf(taskId: string, attempt: number): Promise<RemotePart | undefined>;
  /** Why the run of an ended attempt failed; undefined when it did not, or there was none. */
  failureOf(task: TaskRecord, attempt: number): Promise<AttemptError | undefined>;
}

interface Followed {
  readonly part: RemotePart;
  run?: Run;
  /** Fulfilled with the run at its end, or undefined when that is not seen. */
  readonly ended: Promise<Run | undefined>;
}

/** Finds each attempt's run by what its task left in Airflow, and follows it on the workspace. */
export function remoteParts(bench: RemoteBench, key: RunKey): RemoteParts {
  const known = new Map<string, Followed>();
  const find = async (taskId: string, attempt: number): Promise<Followed | undefined> => {
    const name = `${taskId} ${attempt}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    const pageUrl = await getXcom(bench.api, key, taskId, 'run_page_url', bench.signal);
    const runId = await getXcom(bench.api, key, taskId, 'run_id', bench.signal);
    if (typeof pageUrl !== 'string' || runId === undefined || runId === null) return undefined;
    const part = { runId: String(runId), pageUrl };
    // What an attempt leaves is there until the next one starts.
    if ([...known.values()].some((other) => other.part.runId === part.runId && attempt > 1)) return undefined;
    const found = follow(bench, part);
    known.set(name, found);
    return found;
  };
  return {
    partOf: async (taskId, attempt) => {
      const found = await find(taskId, attempt);
      return found === undefined ? undefined : partOf(found);
    },
    failureOf: async (task, attempt) => {
      const found = await find(task.taskId, attempt);
      const run = await found?.ended;
      if (run === undefined || !isTerminal(run.state) || isSuccess(run.state)) return undefined;
      return describeFailure(run, await readOutput(bench, run), task.pin);
    },
  };
}

function partOf({ part, run }: Followed): RemotePart {
  if (run === undefined) return part;
  const taskRunId = run.tasks[0]?.runId;
  return {
    ...part,
    remoteState: stateWord(run.state),
    isOver: isTerminal(run.state),
    ...(run.startedAt === undefined ? {} : { startedAt: run.startedAt }),
    ...(taskRunId === undefined ? {} : { taskRunId }),
  };
}

function follow({ watcher, signal, onTrouble }: RemoteBench, part: RemotePart): Followed {
  const followed: Followed = {
    part,
    ended: watcher
      .watch(part.runId, {
        signal,
        onTrouble,
        onChange: (run) => {
          followed.run = run;
        },
      })
      .then((run) => {
        followed.run = run;
        return run;
      })
      .catch((error: unknown) => {
        if (!signal.aborted)
          onTrouble(`run ${part.runId}: ${error instanceof Error ? error.message : error}`);
        return undefined;
      }),
  };
  return followed;
}

/** The state says that it failed; the output only makes it clearer. */
async function readOutput({ databricks, signal }: RemoteBench, run: Run): Promise<RunOutput | undefined> {
  const failed = failedTask(run);
  if (failed === undefined) return undefined;
  return databricks.jobs.getRunOutput(failed.runId, signal).catch(() => undefined);
}
