import type { Pin } from '../../../src/artifacts/pin.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import type { Dag } from '../../../src/dag/dag.ts';
import { planRun } from '../../../src/engines/local/plan/plan-run.ts';
import { submitRenderer } from '../../../src/engines/local/plan/render-submit.ts';
import { asHandedOver } from '../../operators/python/resolve-pins.ts';
import type { SubmitCase } from './airflow-oracle.ts';

/** Variables of two teams, one in production. */
const variables: JsonObject = {
  hermes_weather: variable('weather', false, 'prod_'),
  hermes_air_quality_2: variable('air-quality_2', true, ''),
  seattle_observations: 's3://data/{{ not a template }}/x.csv',
};

function variable(team: string, production: boolean, prefix: string): JsonObject {
  return {
    environment: production ? 'prod' : 'dev',
    production,
    artifacts: `s3://artifacts/${team}`,
    cluster_policy_id: `P-${team}`,
    read_prefix: prefix,
    products_zone: `s3://products/${team}`,
    databricks_conn_id: 'databricks_default',
    datadog: { site: 'datadoghq.eu', tags: ['cost_center:42', 'tier:gold'] },
  };
}

/** How a DAG run came to be. */
export type RunKind = 'scheduled' | 'manual' | 'with parameters';

/** One attempt of a task, as Airflow is asked for it and as the local engine makes it. */
export interface SubmitPair {
  readonly asked: SubmitCase;
  /** Numbers are texts in it, as Airflow sends them; undefined where the local engine refuses. */
  readonly ours: Json | undefined;
}

/** The first tasks of a DAG, in the given attempt of a run of the given kind. */
export function submitPairs(dag: Dag, kind: RunKind, tryNumber: number, atMost = 12): SubmitPair[] {
  const at = '2026-03-05T06:07:08Z';
  const conf = kind === 'with parameters' ? { region: 'south {{ ds }} "\'\n', added: [1, null] } : null;
  const runId = `${kind === 'scheduled' ? 'scheduled' : 'manual'}__2026-03-05T06:07:08+00:00`;
  const plans = dag.plans();
  const pins = new Map(plans.map(({ taskId }, index) => [taskId, pinOf(taskId, index % 3)]));
  const record = planRun(
    {
      ...{ dag, plans, environment: 'dev', embedded: true, host: 'http://127.0.0.1:1', team: 'weather' },
      ...{ folder: '/', source: 'x.dag.ts', parallel: 1, runId },
      params: (conf ?? {}) as JsonObject,
      logicalDate: new Date(at),
    },
    pins,
    new Date(at),
    { pid: 1, startedAt: at },
  );
  const render = submitRenderer(record, variables);
  // Airflow gives a run that is started by hand no logical date, and no interval with it.
  const date = kind === 'scheduled' ? at : null;
  return record.tasks.slice(0, atMost).map((task) => ({
    asked: {
      dag_id: dag.dagId,
      task_id: task.taskId,
      try_number: tryNumber,
      run: {
        run_id: runId,
        run_type: kind === 'scheduled' ? 'scheduled' : 'manual',
        logical_date: date,
        data_interval_start: date,
        data_interval_end: date,
        run_after: at,
        conf,
      },
      variables,
      pins: Object.fromEntries([...pins].map(([taskId, pin]) => [taskId, asHandedOver(pin)])),
    },
    ours: attempt(() => withTexts(withinTime(render(task, tryNumber), task.executionTimeoutSeconds))),
  }));
}

function attempt(work: () => Json): Json | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** The local engine ends what takes too long itself; where the triggerer waits, Databricks has to. */
function withinTime(body: JsonObject, limit: number | undefined): JsonObject {
  if (limit === undefined) return body;
  return { ...body, timeout_seconds: Math.min(Number(body.timeout_seconds ?? limit), limit) };
}

/** Numbers arrive as texts: the hook of the Databricks provider makes them such. */
function withTexts(value: Json): Json {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(withTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withTexts(each)]));
}

function pinOf(script: string, shape: number): Pin {
  const base = `s3://artifacts/weather/observations/1.0.${shape}`;
  const hash = '0'.repeat(64);
  return {
    ...{ team: 'weather', project: 'observations', script, version: `1.0.${shape}`, commit: '3f1c2aa' },
    ...{ via: 'latest', scriptUrl: `${base}/${script}.py`, scriptSha256: hash },
    ...(shape === 1 ? {} : { wheelUrl: `${base}/x.whl`, wheelSha256: hash, wheelVersion: `1.0.${shape}` }),
    ...(shape === 2 ? {} : { runtimeUrl: `${base}/hermes_runtime.whl`, runtimeSha256: hash }),
  };
}
