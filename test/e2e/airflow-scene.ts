import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { operators } from '../../operators/registry.ts';
import { s3Store } from '../../src/artifacts/s3-store.ts';
import type { TeamVariable } from '../../src/config/environment.ts';
import { resolveHome } from '../../src/config/home.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { loadDags } from '../../src/dag/load-dags.ts';
import { createDatabricks } from '../../src/databricks/client.ts';
import { compileDags } from '../../src/engines/airflow/compile/compile-dags.ts';
import { type BuildFiles, planBuild } from '../../src/engines/airflow/compile/plan-build.ts';
import { getRun, triggerRun } from '../../src/engines/airflow/rest/dag-runs.ts';
import { listTaskInstances, type TaskInstance } from '../../src/engines/airflow/rest/task-instances.ts';
import { enrolTeam } from '../../src/engines/local/plan/enrol.ts';
import { databricksConnection, openAirflowForTest, type TestAirflow } from '../airflow-harness.ts';
import { makeRepository, type Repository } from '../ci/repository.ts';
import { run as publish, travis } from '../ci/run-publish.ts';
import { type FaultProxy, startFaultProxy } from '../fakes/fault-proxy.ts';
import { OWNER, type S3Server } from '../s3/s3-server.ts';
import { seaweedFs } from '../s3/servers.ts';
import { temporaryFolder } from '../setup.ts';
import {
  closeWorkspaces,
  openWorkspace,
  type RunReply,
  type TestWorkspace,
} from '../workspace/workspace-harness.ts';

export const signal: AbortSignal = new AbortController().signal;

/** A real Airflow, the embedded workspace behind a proxy, and a bucket with published artifacts. */
export interface Scene {
  readonly airflow: TestAirflow;
  readonly workspace: TestWorkspace;
  /** Between Airflow and the workspace. */
  readonly proxy: FaultProxy;
  /** The team's variable in development and in production. */
  readonly variables: Readonly<Record<'dev' | 'prod', TeamVariable>>;
  readonly products: string;
  /** Publishes the team's repository with another version of the project `sea`, or a branch of it. */
  publishSea(version: string, branch?: string): Promise<void>;
  /** Triggers a DAG. */
  start(dagId: string, runId: string, conf?: JsonObject): Promise<Attempted>;
  close(): Promise<void>;
}

/** A run of a DAG, and what can be asked about it. */
export interface Attempted {
  readonly key: { readonly dagId: string; readonly runId: string };
  /** Waits until a task is in one of the states. */
  reaches(taskId: string, ...states: readonly string[]): Promise<TaskInstance>;
  /** Waits until the DAG run has succeeded: the scheduler never starts what is cleared at the moment in which it ends one. */
  succeeds(): Promise<void>;
  /** The runs that the workspace has of it, the oldest first. */
  remote(): Promise<RunReply[]>;
  /** What the scripts of the run wrote at their start, one line each. */
  started(): string[];
  /** Lets a script go on that waits. */
  letGo(): void;
}

const SEA = (version: string): string => `import pathlib, sys, time

what, folder, run = sys.argv[1:4]
here = pathlib.Path(folder) / run
with here.with_suffix(".log").open("a") as log:
    log.write("${version}\\n")
print("sea ${version}", what, flush=True)
# Airflow takes a task for lost that is back from the triggerer before it has seen the end of the worker.
time.sleep(3)
if what == "fail":
    raise ValueError("the sea is too high")
while what == "wait" and not here.with_suffix(".go").exists():
    time.sleep(0.05)
`;

/** Everything that the scenarios need; DAGs are loaded from the demo and from `dags`, by their file names. */
export async function openScene(dags: (marks: string) => Readonly<Record<string, string>>): Promise<Scene> {
  const s3 = await seaweedFs();
  const stores = `s3://${s3.bucket}/${randomUUID()}`;
  const products = temporaryFolder('hermes-products-');
  // In the zone of both environments, where scripts may write.
  const marks = join(products, 'marks');
  mkdirSync(marks);
  const workspace = await openWorkspace({
    readObject: objectReader(s3),
    cacheFolder: temporaryFolder('hermes-environments-'),
  });
  const proxy = await startFaultProxy(workspace.url);
  const repository = teamRepository(stores);
  const publishSea = (version: string, branch = 'master') => publishVersion(repository, s3, version, branch);
  await publishSea('1.0.0');
  const variables = {
    dev: await teamVariable(workspace, stores, 'dev', products),
    prod: await teamVariable(workspace, stores, 'prod', products),
  };
  const airflow = await openAirflowForTest({
    variables: { hermes_weather: variables.dev, seattle_observations: observations() },
    connections: [databricksConnection({ url: proxy.endpoint, token: workspace.token }), awsConnection(s3)],
    settings: {
      HERMES_POLLING_PERIOD_SECONDS: '1',
      AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC: '1',
      AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT: '12',
      AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL: '1',
      AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC: '1',
      AIRFLOW__SCHEDULER__TRIGGER_TIMEOUT_CHECK_INTERVAL: '1',
    },
  });
  await airflow.load(await buildOf(dags(marks)), 'seattle_weather');
  return {
    ...{ airflow, workspace, proxy, variables, products, publishSea },
    start: async (dagId, runId, conf = {}) => {
      await triggerRun(airflow.api, dagId, { runId, conf }, signal);
      return attempted({ airflow, workspace, marks }, { dagId, runId });
    },
    close: async () => {
      await airflow.stop();
      await proxy.stop();
      await closeWorkspaces();
    },
  };
}

/** Compiles the demo's DAGs and those of the given texts, by their file names. */
export async function buildOf(texts: Readonly<Record<string, string>>): Promise<BuildFiles> {
  const cwd = temporaryFolder();
  cpSync(join(packageRoot, 'demo', 'dags'), join(cwd, 'dags'), { recursive: true });
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(cwd, 'dags', name), text);
  const { dags, problems } = await loadDags(['dags'], { operators, cwd });
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  return planBuild(compileDags(dags));
}

/** Asks until there is an answer. @throws Error when there is none after a while */
export async function until<T>(what: string, ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = Date.now() + 180_000;
  while (Date.now() < end) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await delay(100);
  }
  throw new Error(`Waited in vain for: ${what}`);
}

function attempted(
  { airflow, workspace, marks }: Pick<Scene, 'airflow' | 'workspace'> & { readonly marks: string },
  key: Attempted['key'],
): Attempted {
  const mark = (ending: string): string => join(marks, `${key.runId}.${ending}`);
  return {
    key,
    reaches: (taskId, ...states) =>
      until(`${key.runId}.${taskId} is ${states.join(' or ')}`, async () => {
        const tasks = await listTaskInstances(airflow.api, key, signal);
        return tasks.find((task) => task.taskId === taskId && states.includes(task.state ?? 'none'));
      }),
    succeeds: async () => {
      await until(`${key.runId} succeeds`, async () => {
        const { state } = await getRun(airflow.api, key.dagId, key.runId, signal);
        return state === 'success' ? state : undefined;
      });
    },
    remote: async () => {
      const { body } = await workspace.call<{ runs?: readonly RunReply[] }>(
        'GET',
        '/api/2.2/jobs/runs/list?limit=25&expand_tasks=true',
      );
      return (body.runs ?? [])
        .filter(({ tasks }) => tasks.some((task) => dagRunOf(task.new_cluster) === key.runId))
        .reverse();
    },
    started: () => {
      const name = `${key.runId}.log`;
      return readdirSync(marks).includes(name) ? readFileSync(mark('log'), 'utf8').trim().split('\n') : [];
    },
    letGo: () => writeFileSync(mark('go'), ''),
  };
}

function dagRunOf(cluster: Record<string, unknown>): unknown {
  return Reflect.get((cluster.custom_tags ?? {}) as object, 'dag_run');
}

function objectReader(s3: S3Server) {
  return async (url: string): Promise<Uint8Array | undefined> => {
    const store = await s3Store(`s3://${s3.bucket}`, { connection: s3.owner });
    return (await store.read(url.slice(`s3://${s3.bucket}/`.length)))?.bytes;
  };
}

/** The demo's project and the project `sea`, in a repository that publishes to the bucket. */
function teamRepository(stores: string): Repository {
  const lines = ['dev', 'prod'].map((name) => `  ${name}: ${stores}/${name}\n`);
  const repository = makeRepository({
    'hermes.yaml': `hermes: ^1.0\nteam: weather\nartifacts:\n${lines.join('')}`,
  });
  cpSync(join(packageRoot, 'demo', 'observations'), join(repository.folder, 'observations'), {
    recursive: true,
    filter: (path) => !path.endsWith('tests'),
  });
  return repository;
}

async function publishVersion(
  repository: Repository,
  { endpoint }: S3Server,
  version: string,
  branch: string,
): Promise<void> {
  if (branch !== 'master') repository.git('switch', '--quiet', '-c', branch);
  repository.push(
    {
      'sea/pyproject.toml': `[project]\nname = "sea"\nversion = "${version}"\nrequires-python = ">=3.10"\ndescription = "For tests"\n\n[build-system]\nrequires = ["hatchling==1.33.0"]\nbuild-backend = "hatchling.build"\n\n[tool.hatch.build.targets.wheel]\npackages = ["sea"]\n`,
      'sea/sea/__init__.py': '',
      'sea/sea/sea.py': SEA(branch === 'master' ? version : branch),
    },
    branch,
  );
  const aws = {
    AWS_ACCESS_KEY_ID: OWNER.accessKeyId,
    AWS_SECRET_ACCESS_KEY: OWNER.secretAccessKey,
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_S3: endpoint,
  };
  const home = {
    ...resolveHome('/', { HERMES_HOME: temporaryFolder() }),
    cache: join(packageRoot, '.cache', 'e2e'),
  };
  // The SDK of AWS reads the variables of its own process.
  const before = Object.keys(aws).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, aws);
  try {
    await publish(repository, home, travis(repository, branch));
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
  if (branch !== 'master') repository.git('switch', '--quiet', 'master');
}

async function teamVariable(
  workspace: TestWorkspace,
  stores: string,
  environment: 'dev' | 'prod',
  products: string,
): Promise<TeamVariable> {
  const databricks = createDatabricks(
    { host: workspace.url, token: workspace.token },
    { clock: systemClock },
  );
  return {
    environment,
    production: environment === 'prod',
    artifacts: `${stores}/${environment}`,
    cluster_policy_id: await enrolTeam(databricks.policies, { team: 'weather', environment }),
    read_prefix: environment === 'prod' ? '' : 'prod_',
    products_zone: pathToFileURL(products).href,
    databricks_conn_id: 'databricks_default',
    datadog: { site: 'datadoghq.eu', tags: [] },
  };
}

function awsConnection({ endpoint }: S3Server) {
  return {
    connectionId: 'aws_default',
    connType: 'aws',
    login: OWNER.accessKeyId,
    password: OWNER.secretAccessKey,
    extra: { region_name: 'us-east-1', endpoint_url: endpoint },
  };
}

function observations(): string {
  return join(packageRoot, 'node_modules', 'vega-datasets', 'data', 'seattle-weather.csv');
}
