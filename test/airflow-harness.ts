import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../src/core/clock.ts';
import { packageRoot } from '../src/core/package-root.ts';
import type { BuildFiles } from '../src/engines/airflow/compile/plan-build.ts';
import { type AirflowInstall, ensureAirflow } from '../src/engines/airflow/local/install-airflow.ts';
import { startAirflow } from '../src/engines/airflow/local/start-airflow.ts';
import { stopAirflow } from '../src/engines/airflow/local/stop-airflow.ts';
import { type AirflowApi, openAirflow } from '../src/engines/airflow/rest/airflow-api.ts';
import {
  type AirflowConnection,
  importConnections,
  importVariables,
} from '../src/engines/airflow/rest/bulk-import.ts';
import { type AirflowRun, getRun, newRunId, triggerRun } from '../src/engines/airflow/rest/dag-runs.ts';
import { getDag } from '../src/engines/airflow/rest/dags.ts';
import { listImportErrors } from '../src/engines/airflow/rest/import-errors.ts';
import { guardAirflow } from './airflow-guard.ts';
import { temporaryFolder, whenAllIsOver } from './setup.ts';

/** A real Airflow for tests, with everything that it needs on this machine. */
export interface TestAirflow {
  readonly url: string;
  readonly api: AirflowApi;
  /** AIRFLOW_HOME */
  readonly folder: string;
  /** Starts what has died. */
  up(): Promise<readonly string[]>;
  /** Puts the files of a build where Airflow finds them, and waits until it has read a DAG of it. */
  load(build: BuildFiles, dagId: string): Promise<void>;
  /** Triggers a DAG and waits for its end, or until `isDone`. */
  run(dagId: string, isDone?: (run: AirflowRun) => boolean): Promise<AirflowRun>;
  stop(): Promise<void>;
}

/** What a test Airflow begins with. */
export interface TestAirflowOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly connections?: readonly AirflowConnection[];
  /** Further settings: `{ AIRFLOW__CORE__PARALLELISM: '2' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Further variables of its processes: those of AWS. */
  readonly env?: NodeJS.ProcessEnv;
  /** `postgresql://…` @defaultValue SQLite */
  readonly database?: string;
}

const signal = new AbortController().signal;
const shared = join(packageRoot, '.cache', 'airflow');

/** Installs Airflow once for all tests, below `.cache/`. */
export function installedAirflow(): Promise<AirflowInstall> {
  return ensureAirflow({
    cacheFolder: shared,
    env: process.env,
    signal,
    clock: systemClock,
    onStep: () => undefined,
  });
}

/**
 * Lets a home find the Airflow of all tests, so that `hermes airflow up` installs none; what it starts ends with the tests
 * at the latest.
 * @param cache `home.cache`
 */
export async function shareAirflow(cache: string): Promise<void> {
  const { folder } = await installedAirflow();
  mkdirSync(cache, { recursive: true });
  symlinkSync(folder, join(cache, basename(folder)));
  await guardAirflow(join(dirname(cache), 'airflow'));
}

/** The connection of an embedded workspace. */
export function databricksConnection({ url, token }: { readonly url: string; readonly token: string }) {
  const { hostname, port } = new URL(url);
  const connection: AirflowConnection = {
    connectionId: 'databricks_default',
    connType: 'databricks',
    schema: 'http',
    host: hostname,
    port: Number(port),
    password: token,
  };
  return connection;
}

/** Starts an Airflow in a folder of its own; it ends with the tests at the latest. */
export async function openAirflowForTest(options: TestAirflowOptions = {}): Promise<TestAirflow> {
  const folder = join(temporaryFolder(), 'air flow');
  const { settings = {}, database, env = {}, variables = {}, connections = [] } = options;
  const start = () =>
    startAirflow({
      folder,
      title: 'Hermes test',
      cacheFolder: shared,
      env: { ...process.env, ...env },
      signal,
      clock: systemClock,
      onStep: () => undefined,
      settings,
      ...(database === undefined ? {} : { database }),
    });
  const stop = async (): Promise<void> => {
    await stopAirflow(folder, { clock: systemClock, signal });
  };
  whenAllIsOver(stop);
  await guardAirflow(dirname(folder));
  const { url } = await start();
  const api = openAirflow({ url, signIn: 'everybody' }, systemClock);
  await importVariables(api, variables, signal);
  await importConnections(api, connections, signal);
  return {
    url,
    api,
    folder,
    stop,
    up: async () => (await start()).started,
    load: (build, dagId) => load(api, folder, build, dagId),
    run: (dagId, isDone) => run(api, dagId, isDone),
  };
}

async function load(api: AirflowApi, folder: string, build: BuildFiles, dagId: string): Promise<void> {
  const writtenAt = Date.now();
  for (const [name, text] of [...build].reverse()) writeFileSync(join(folder, 'dags', name), text);
  for (;;) {
    const [error] = await listImportErrors(api, signal);
    if (error !== undefined) throw new Error(`${error.file}: ${error.stackTrace}`);
    const dag = await getDag(api, dagId, signal);
    if (dag?.parsedAt !== undefined && dag.parsedAt.getTime() > writtenAt) return;
    await delay(200);
  }
}

async function run(
  api: AirflowApi,
  dagId: string,
  isDone: (run: AirflowRun) => boolean = ({ state }) => state === 'success' || state === 'failed',
): Promise<AirflowRun> {
  const { runId } = await triggerRun(api, dagId, { runId: newRunId(new Date()) }, signal);
  for (;;) {
    const found = await getRun(api, dagId, runId, signal);
    if (isDone(found)) return found;
    await delay(200);
  }
}
