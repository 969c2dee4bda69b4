import { systemClock } from '../../src/core/clock.ts';
import type { Identity } from '../../src/workspace/identity/users.ts';
import { succeeded } from '../../src/workspace/jobs/run-state.ts';
import { endRun, endTask, tasksOf, updateTask } from '../../src/workspace/jobs/runs.ts';
import { submitRun } from '../../src/workspace/jobs/submit.ts';
import { startWorkspace } from '../../src/workspace/server/server.ts';
import { type Database, openDatabase } from '../../src/workspace/state/database.ts';
import { startFaultProxy } from '../fakes/fault-proxy.ts';

/** Asks for runs that are going and end at even distances between two times, in seconds from now. */
export interface RunsWanted {
  readonly count: number;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** What the process says first: addresses with and without added latency. */
export interface Opened {
  readonly url: string;
  readonly slowUrl: string;
  readonly token: string;
}

/** The answer to {@link RunsWanted}. */
export interface RunsAdded {
  readonly runIds: readonly string[];
  /** Requests that the slow address has carried so far. */
  readonly requests: number;
}

const LATENCY_MS = 50;
const TICK_MS = 50;
const owner: Identity = { userName: 'you@localhost', groups: ['admins'], isAdmin: true };

// A process of its own: the embedded workspace with its real server, database and API, behind a proxy that adds
// latency. Only what takes machines is left out: no Python process runs, the runs go by a timetable.
const [, , folder = ''] = process.argv;
const workspace = await startWorkspace({ folder, machine: process.env, maxConcurrent: 0 });
if (workspace === undefined) throw new Error('the workspace is served by another process');
const proxy = await startFaultProxy(workspace.url);
proxy.onRequest(() => ({ kind: 'delay', milliseconds: LATENCY_MS }));
const db = openDatabase(folder);
let due: { readonly at: number; readonly runId: bigint }[] = [];

setInterval(() => {
  const now = new Date();
  const over = due.filter(({ at }) => at <= now.getTime());
  if (over.length === 0) return;
  due = due.filter(({ at }) => at > now.getTime());
  db.transaction(() => {
    for (const { runId } of over) end(db, runId, now);
  });
}, TICK_MS);

process.on('message', (wanted: RunsWanted) => {
  const now = systemClock.now();
  const runIds = db.transaction(() => Array.from({ length: wanted.count }, (_, at) => begin(db, at, now)));
  const step = ((wanted.toSeconds - wanted.fromSeconds) * 1000) / wanted.count;
  due = runIds.map((runId, at) => ({
    runId,
    // In no order: the run that was submitted first is seldom the first to end.
    at: now.getTime() + wanted.fromSeconds * 1000 + step * ((at * 7919) % wanted.count),
  }));
  const answer: RunsAdded = { runIds: runIds.map(String), requests: proxy.seen.length };
  process.send?.(answer);
});
process.on('disconnect', () => process.exit());
const opened: Opened = { url: workspace.url, slowUrl: proxy.endpoint, token: workspace.token };
process.send?.(opened);

/** Takes a run in as the API does, and starts it. */
function begin(database: Database, at: number, now: Date): bigint {
  const options = { db: database, now, firstRunId: 100_000_000_000_001n, limitsRequire: true };
  const { runId } = submitRun(bodyOf(at), owner, options);
  const life = { life: 'RUNNING', pending_at: now.getTime(), running_at: now.getTime() } as const;
  for (const task of tasksOf(database, runId)) updateTask(database, task.run_id, life);
  return runId;
}

function end(database: Database, runId: bigint, now: Date): void {
  for (const task of tasksOf(database, runId)) endTask(database, task.run_id, succeeded, now);
  endRun(database, runId, undefined, now);
}

function bodyOf(at: number) {
  return {
    run_name: `seattle_weather.task_${at}`,
    access_control_list: [{ group_name: 'weather', permission_level: 'CAN_MANAGE_RUN' }],
    queue: { enabled: true },
    tasks: [
      {
        task_key: `task_${at}`,
        spark_python_task: { python_file: '/observations-1.5.0.py', parameters: ['--day', '2026-11-21'] },
        libraries: [{ whl: '/observations-1.5.0-py3-none-any.whl' }],
        new_cluster: {
          spark_version: '15.4.x-scala2.12',
          node_type_id: 'm5.xlarge',
          autoscale: { min_workers: 1, max_workers: 2 },
          spark_conf: { 'spark.databricks.acl.needAdminPermissionToViewLogs': 'false' },
          spark_env_vars: { HERMES_ENVIRONMENT: 'dev', DD_SERVICE: 'observations', DD_VERSION: '1.5.0' },
          custom_tags: { team: 'weather', project: 'observations', 'compaas-service': 'hermes' },
        },
      },
    ],
  };
}
