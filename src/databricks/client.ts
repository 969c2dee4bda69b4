import type { JsonObject } from '../core/json.ts';
import type { JobsApi, PoliciesApi } from './api.ts';
import { createExchange, type Transport, type TransportOptions } from './http/transport.ts';
import { type IdentityApi, identityApi } from './identity.ts';
import { policiesApi } from './policy/policies.ts';
import { id, list, parseRun, parseRunOutput, text } from './runs/parse-run.ts';
import { type PastRequestsApi, pastRequestsApi } from './runs/past-requests-api.ts';
import { readRun } from './runs/read-run.ts';
import type { Run, RunPage, RunQuery } from './runs/run.ts';
import type { Connection } from './sign-in/connection.ts';

/** A workspace, as far as Hermes uses it. */
export interface Databricks {
  /** `https://…`, for messages and records. */
  readonly host: string;
  readonly jobs: JobsApi;
  readonly policies: PoliciesApi;
  readonly identity: IdentityApi;
  readonly past: PastRequestsApi;
}

const RUNS = '/api/2.2/jobs/runs';
const LIST_PAGE = 25;

/** Opens a client; nothing is sent before the first call. */
export function createDatabricks(connection: Connection, options: TransportOptions): Databricks {
  const exchange = createExchange(connection, options);
  const send: Transport = async (call, signal) => (await exchange(call, signal)).body;
  return {
    host: connection.host,
    jobs: jobsApi(send),
    policies: policiesApi(send),
    identity: identityApi(exchange),
    past: pastRequestsApi(send),
  };
}

function jobsApi(send: Transport): JobsApi {
  return {
    submitRun: async (body, signal) => {
      const repeatable = text(body.idempotency_token) !== '';
      const call = {
        method: 'POST',
        path: `${RUNS}/submit`,
        body,
        action: 'submit the run',
        repeatable,
      } as const;
      return id((await send(call, signal)).run_id);
    },
    getRun: async (runId, signal) => parseRun(await readRun(send, runId, {}, signal)),
    getRunOutput: async (taskRunId, signal) =>
      parseRunOutput(
        await send(
          get(`${RUNS}/get-output`, { run_id: taskRunId }, `read the output of run ${taskRunId}`),
          signal,
        ),
      ),
    cancelRun: async (runId, signal) => {
      const body = { run_id: BigInt(runId) };
      await send(
        { method: 'POST', path: `${RUNS}/cancel`, body, action: `cancel run ${runId}`, repeatable: true },
        signal,
      );
    },
    listRuns: (query, signal) => listRuns(send, query, signal),
  };
}

async function listRuns(send: Transport, query: RunQuery, signal?: AbortSignal): Promise<RunPage> {
  const { only, withTasks, limit = LIST_PAGE, pageToken } = query;
  const parameters = {
    limit: String(limit),
    ...(only === undefined ? {} : { [`${only}_only`]: 'true' }),
    ...(withTasks === true ? { expand_tasks: 'true' } : {}),
    ...(pageToken === undefined ? {} : { page_token: pageToken }),
  };
  const page = await send(get(`${RUNS}/list`, parameters, 'list runs'), signal);
  const next = text(page.next_page_token);
  return { runs: list(page.runs).map(parseListedRun), ...(next === '' ? {} : { nextPageToken: next }) };
}

/** Of more than 100 tasks a list gives the first ones only: such a run counts as listed without. */
function parseListedRun(body: JsonObject): Run {
  return parseRun(body.has_more === true ? { ...body, tasks: [] } : body);
}

function get(path: string, query: Readonly<Record<string, string>>, action: string) {
  return { method: 'GET', path, query, action, repeatable: true } as const;
}
