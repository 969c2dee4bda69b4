import { HermesOperator, type HermesOptions } from '../../../operators/hermes-operator.ts';
import type { Pin } from '../../../src/artifacts/pin.ts';
import type { ArtifactRequest } from '../../../src/core/artifact-request.ts';
import type { Clock } from '../../../src/core/clock.ts';
import { Dag, type DagOptions } from '../../../src/dag/dag.ts';
import { localPace } from '../../../src/databricks/runs/polling-pace.ts';
import { createRunWatcher } from '../../../src/databricks/runs/run-watcher.ts';
import type { PinResolver } from '../../../src/engines/local/plan/pin-tasks.ts';
import type { RunRequest } from '../../../src/engines/local/plan/plan-run.ts';
import type { Surroundings } from '../../../src/engines/local/plan/prepare-surroundings.ts';
import type { RunEvent } from '../../../src/engines/local/record/run-event.ts';
import type { RunRecord } from '../../../src/engines/local/record/run-record.ts';
import type { RunStore } from '../../../src/engines/local/record/run-store.ts';
import { runDag } from '../../../src/engines/local/run-dag.ts';
import type { Workbench } from '../../../src/engines/local/workbench.ts';
import { type MemoryDatabricks, memoryDatabricks } from '../../fakes/memory-databricks.ts';
import { memoryRuns } from '../../fakes/memory-runs.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';

/** Everything that the engine works with, in memory. */
export interface TestBench extends Workbench {
  readonly databricks: MemoryDatabricks;
  readonly events: RunEvent[];
  readonly interrupt: AbortController;
}

export function testBench(
  more: { store?: RunStore; databricks?: MemoryDatabricks; clock?: Clock } = {},
): TestBench {
  const interrupt = new AbortController();
  const events: RunEvent[] = [];
  const databricks = more.databricks ?? memoryDatabricks();
  const clock = more.clock ?? swiftClock();
  return {
    databricks,
    watcher: createRunWatcher(databricks.jobs, { clock, pace: localPace }),
    store: more.store ?? memoryRuns(),
    clock,
    signal: interrupt.signal,
    emit: (event) => void events.push(event),
    events,
    interrupt,
  };
}

/** A task: its id, its script (`good`, `raise`, `hang`), and its other options. */
export type TestTask = readonly [taskId: string, script: string, options?: Partial<HermesOptions>];

export function testDag(tasks: readonly TestTask[], options: DagOptions = {}): Dag {
  return new Dag('seattle', { team: 'weather', ...options }, () => {
    for (const [taskId, scriptName, more] of tasks) {
      new HermesOperator({ taskId, projectName: 'observations', scriptName, ...more });
    }
  });
}

export function runRequest(dag: Dag, more: Partial<RunRequest> = {}): RunRequest {
  return {
    dag,
    plans: dag.plans(),
    environment: 'dev',
    embedded: true,
    host: 'http://127.0.0.1:1',
    team: 'weather',
    folder: '/repository',
    source: 'dags/seattle.dag.yaml',
    params: {},
    parallel: 4,
    runId: 'manual__1',
    ...more,
  };
}

export function pinOf(request: ArtifactRequest, version = '1.0.0'): Pin {
  return {
    team: request.team,
    project: request.project,
    script: request.script,
    version,
    commit: '3f1c2aa',
    via: 'latest',
    scriptUrl: `file:///artifacts/weather/${request.project}/${version}/${request.script}-${version}.py`,
    scriptSha256: '0'.repeat(64),
  };
}

export const resolve: PinResolver = async (request) => pinOf(request);

export const surroundings: Surroundings = {
  variables: {
    hermes_weather: {
      environment: 'dev',
      production: false,
      artifacts: 'file:///artifacts',
      cluster_policy_id: 'P1',
      read_prefix: 'prod_',
      products_zone: 'file:///products',
      databricks_conn_id: 'databricks_default',
      datadog: { site: 'datadoghq.com', tags: [] },
    },
  },
  policies: new Map(),
};

/** Runs a DAG of these tasks to its end. */
export function run(
  bench: TestBench,
  tasks: readonly TestTask[],
  options: Partial<DagOptions> = {},
  more: Partial<RunRequest> = {},
): Promise<RunRecord> {
  return runDag(runRequest(testDag(tasks, options), more), resolve, surroundings, bench);
}

/** State of each task by its id. */
export function states(record: RunRecord): Readonly<Record<string, string>> {
  return Object.fromEntries(record.tasks.map((task) => [task.taskId, task.state]));
}
