import { ConnectionError, RemoteError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Transport } from '../http/transport.ts';
import { id, list } from './parse-run.ts';
import { type PastRequest, parsePastRequest } from './past-request.ts';
import { readRun } from './read-run.ts';

/** What runs were asked to do; the workspace forgets a run after 60 days. */
export interface PastRequestsApi {
  /** Of a run, or of one task run of it. @throws ConfigError when there is no such run */
  pastRequest(runId: string, signal?: AbortSignal): Promise<PastRequest>;
}

export function pastRequestsApi(send: Transport): PastRequestsApi {
  return {
    pastRequest: async (runId, signal) => {
      const run = await readWithTasks(send, runId, signal);
      return parsePastRequest(run, await readPermissions(send, id(run.job_id), signal));
    },
  };
}

/** A task run may come without tasks: then what it did is in the run that it belongs to. */
async function readWithTasks(send: Transport, runId: string, signal?: AbortSignal): Promise<JsonObject> {
  const values = { include_resolved_values: 'true' };
  const run = await readRun(send, runId, values, signal);
  const owner = id(run.job_run_id);
  if (list(run.tasks).length > 0 || owner === '' || owner === runId) return run;
  const whole = await readRun(send, owner, values, signal);
  return { ...whole, tasks: list(whole.tasks).filter((task) => id(task.run_id) === runId) };
}

/** Undefined where it may not be read, or there is no answer to be had. */
async function readPermissions(
  send: Transport,
  jobId: string,
  signal?: AbortSignal,
): Promise<JsonObject | undefined> {
  if (jobId === '') return undefined;
  const path = `/api/2.0/permissions/jobs/${encodeURIComponent(jobId)}`;
  try {
    const action = `read who may see job ${jobId}`;
    return await send({ method: 'GET', path, action, repeatable: true }, signal);
  } catch (error) {
    signal?.throwIfAborted();
    const isRefused = error instanceof ConnectionError && error.code === 'HERMES_DATABRICKS_FORBIDDEN';
    if (isRefused || error instanceof RemoteError) return undefined;
    throw error;
  }
}
