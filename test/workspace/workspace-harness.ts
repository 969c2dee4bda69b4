import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseJson, stringifyJson } from '../../src/core/json.ts';
import { addAccount } from '../../src/workspace/identity/accounts.ts';
import {
  type RunningWorkspace,
  startWorkspace,
  type WorkspaceOptions,
} from '../../src/workspace/server/server.ts';
import { temporaryFolder } from '../setup.ts';

/** The parts of a run that tests look at. */
export interface RunReply {
  readonly run_id: bigint | number;
  readonly job_id: number;
  readonly run_page_url: string;
  readonly state: { life_cycle_state: string; result_state?: string; state_message: string };
  readonly status: { state: string; termination_details?: { code: string; type: string; message: string } };
  readonly end_time: number;
  readonly tasks: readonly (RunReply & {
    readonly task_key: string;
    readonly attempt_number: number;
    readonly new_cluster: Record<string, unknown>;
    readonly cluster_instance?: { cluster_id: string; spark_context_id?: string };
  })[];
}

interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly body: T;
}

/** A workspace in this process, and the calls that tests make of it. */
export interface TestWorkspace extends RunningWorkspace {
  readonly folder: string;
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    token?: string,
  ): Promise<Answer<T>>;
  /** Submits one script (Python text) as a run of one task; answers the run id. */
  submit(script: string, change?: Submit): Promise<bigint | number>;
  run(id: bigint | number): Promise<RunReply>;
  /** Asks until the run has ended, or until `isDone`. */
  runUntil(id: bigint | number, isDone?: (run: RunReply) => boolean): Promise<RunReply>;
  output(taskRunId: bigint | number | undefined): Promise<Record<string, string | boolean | undefined>>;
  /** A user with a token. */
  user(name: string, ...groups: string[]): string;
}

export interface Submit {
  readonly top?: object;
  readonly task?: object;
  readonly cluster?: object;
  readonly token?: string;
}

/** A cluster that needs no policy. */
export const plainCluster = { num_workers: 1, spark_version: '15.4.x-scala2.12', node_type_id: 'm5.large' };

const open: RunningWorkspace[] = [];
let scripts = 0;

/** Starts a workspace in a folder of its own (or the given one) on a free port. */
export async function openWorkspace(options: Partial<WorkspaceOptions> = {}): Promise<TestWorkspace> {
  const folder = options.folder ?? temporaryFolder();
  const running = await startWorkspace({
    machine: process.env,
    graceMs: 500,
    leashed: true,
    ...options,
    folder,
  });
  assert.ok(running !== undefined, 'another process serves the folder');
  open.push(running);
  return { ...running, ...callsOf(running, folder), folder };
}

/** Ends every workspace that a test opened. */
export async function closeWorkspaces(): Promise<void> {
  await Promise.all(open.splice(0).map((workspace) => workspace.close()));
}

/** Writes a Python script and answers its `file:` URL. */
export function scriptFile(text: string): string {
  scripts += 1;
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `script-${scripts}.py`);
  writeFileSync(file, text);
  return `file://${file}`;
}

export function isOver(run: RunReply): boolean {
  return run.status.state === 'TERMINATED';
}

function callsOf(running: RunningWorkspace, folder: string) {
  const call: TestWorkspace['call'] = async (method, path, body, token = running.token) => {
    const response = await fetch(`${running.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: stringifyJson(body) }),
    });
    return { status: response.status, body: parseJson(await response.text()) as never };
  };
  const run = async (id: bigint | number): Promise<RunReply> =>
    (await call<RunReply>('GET', `/api/2.2/jobs/runs/get?run_id=${id}`)).body;
  return {
    call,
    run,
    submit: async (script: string, change: Submit = {}) => {
      const answer = await call<{ run_id: bigint | number }>(
        'POST',
        '/api/2.2/jobs/runs/submit',
        submitBody(scriptFile(script), change),
        change.token,
      );
      assert.equal(answer.status, 200, stringifyJson(answer.body));
      return answer.body.run_id;
    },
    runUntil: async (id: bigint | number, isDone = isOver): Promise<RunReply> => {
      for (;;) {
        const found = await run(id);
        if (isDone(found)) return found;
        await delay(10);
      }
    },
    output: async (id: bigint | number | undefined) =>
      (await call<Record<string, string>>('GET', `/api/2.2/jobs/runs/get-output?run_id=${id}`)).body,
    user: (name: string, ...groups: string[]) => addAccount(folder, name, groups, new Date()).token,
  };
}

/** The body of a submit of one script. */
export function submitBody(pythonFile: string, change: Submit = {}): object {
  const cluster = { ...plainCluster, ...change.cluster };
  const task = { task_key: 'main', spark_python_task: { python_file: pythonFile }, new_cluster: cluster };
  return { run_name: 'a test', tasks: [{ ...task, ...change.task }], ...change.top };
}
