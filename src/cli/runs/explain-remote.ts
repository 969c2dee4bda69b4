import type { JobsApi } from '../../databricks/api.ts';
import type { Run, RunOutput, TaskRun } from '../../databricks/runs/run.ts';
import { outcomeOf } from '../../databricks/runs/run-outcome.ts';
import { isSuccess, isTerminal } from '../../databricks/runs/run-state.ts';
import type { FailedTask } from './remote-lines.ts';

/** Why an ended run did not succeed, task by task; those that only did not run because of others are left out. */
export async function explainRemote(
  jobs: JobsApi,
  run: Run,
  signal: AbortSignal,
): Promise<readonly FailedTask[]> {
  if (isSuccess(run.state)) return [];
  const ended = run.tasks.filter(({ state }) => isTerminal(state) && !isSuccess(state));
  const failed = await Promise.all(ended.map((task) => explainTask(jobs, run, task, signal)));
  const told = failed.filter(({ cause }) => cause !== 'skipped');
  if (told.length > 0) return told;
  const whole = outcomeOf(run);
  return whole.succeeded ? [] : [{ ...whole, taskKey: '', runId: run.runId }];
}

async function explainTask(jobs: JobsApi, run: Run, task: TaskRun, signal: AbortSignal): Promise<FailedTask> {
  const output = await readOutput(jobs, task, signal);
  const outcome = outcomeOf({ ...run, tasks: [task] }, output);
  if (outcome.succeeded) throw new Error(`run ${run.runId} did not fail`);
  return {
    ...outcome,
    taskKey: task.taskKey,
    runId: task.runId,
    ...(output?.errorTrace === undefined ? {} : { errorTrace: output.errorTrace }),
  };
}

/** The state says that it failed; the output only makes it clearer. */
async function readOutput(jobs: JobsApi, task: TaskRun, signal: AbortSignal): Promise<RunOutput | undefined> {
  try {
    return await jobs.getRunOutput(task.runId, signal);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
