import type { JobsApi } from '../databricks/api.ts';
import type { Run, RunOutput, TaskRun } from '../databricks/run.ts';
import { actorOf, isSuccess } from '../databricks/run-state.ts';
import type { FailedTask } from './remote-lines.ts';

/** Why an ended run did not succeed, task by task; those that only did not run because of others are left out. */
export async function explainRemote(
  jobs: JobsApi,
  run: Run,
  signal: AbortSignal,
): Promise<readonly FailedTask[]> {
  if (isSuccess(run.state)) return [];
  const failed = run.tasks.filter(({ state }) => !isSuccess(state) && !isConsequence(state.result));
  if (failed.length === 0) {
    const whole = { taskKey: 'run', runId: run.runId, message: messageOf(run.state), advice: adviceOf(run) };
    return [whole];
  }
  return Promise.all(failed.map((task) => explainTask(jobs, run, task, signal)));
}

async function explainTask(jobs: JobsApi, run: Run, task: TaskRun, signal: AbortSignal): Promise<FailedTask> {
  const output = await readOutput(jobs, task, signal);
  return {
    taskKey: task.taskKey,
    runId: task.runId,
    message: messageOf(task.state) || messageOf(run.state),
    advice: adviceOf({ ...run, state: { ...task.state }, tasks: [task] }),
    ...(output === undefined ? {} : { output }),
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

function isConsequence(result: string | undefined): boolean {
  return ['UPSTREAM_FAILED', 'UPSTREAM_CANCELED', 'EXCLUDED'].includes(result ?? '');
}

function messageOf({ message, result, lifeCycle }: Run['state']): string {
  return message || `it ended as ${result ?? lifeCycle}`;
}

function adviceOf(run: Run): string {
  if (run.state.result === 'CANCELED') return 'Someone cancelled it.';
  if (run.state.result === 'TIMEDOUT') return 'It ran longer than it may.';
  return actorOf(run) === 'user'
    ? 'The owner of the script has to act.'
    : 'The platform has to act: this is no fault of the script. Trying again may help.';
}
