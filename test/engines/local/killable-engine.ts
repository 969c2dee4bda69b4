import { pathToFileURL } from 'node:url';
import { systemClock } from '../../../src/core/clock.ts';
import { createDatabricks } from '../../../src/databricks/client.ts';
import { localPace } from '../../../src/databricks/runs/polling-pace.ts';
import { createRunWatcher } from '../../../src/databricks/runs/run-watcher.ts';
import { resumeRun } from '../../../src/engines/local/again/resume-run.ts';
import { openRunStore, type RunStore } from '../../../src/engines/local/record/run-store.ts';
import { runDag } from '../../../src/engines/local/run-dag.ts';
import { pinOf, runRequest, surroundings, testDag } from './engine-under-test.ts';

/** What the process is told, as JSON in its first argument. */
export interface EngineOrder {
  /** Where its records are. */
  readonly home: string;
  readonly host: string;
  readonly token: string;
  readonly policyId: string;
  readonly script: string;
  /** It kills itself at this write of a record, before or after it. */
  readonly killAt?: { readonly write: number; readonly when: 'before' | 'after' };
}

// An engine of its own process: runs a DAG of two tasks, or goes on with it when there is a record.
const order: EngineOrder = JSON.parse(process.argv[2] ?? '{}');
const weather = surroundings.variables.hermes_weather as object;
const around = {
  variables: {
    hermes_weather: {
      ...weather,
      cluster_policy_id: order.policyId,
      products_zone: new URL('.', pathToFileURL(order.script)).href,
    },
  },
  policies: new Map(),
};
const databricks = createDatabricks({ host: order.host, token: order.token }, { clock: systemClock });
const bench = {
  databricks,
  watcher: createRunWatcher(databricks.jobs, { clock: systemClock, pace: localPace }),
  store: mortal(openRunStore(order.home)),
  clock: systemClock,
  signal: new AbortController().signal,
  emit: () => undefined,
};
const dag = testDag([
  ['clean', 'good'],
  ['report', 'good', { dependsOn: ['clean'] }],
]);
const earlier = await bench.store.read('seattle', 'manual__1');
const record =
  earlier === undefined
    ? await runDag(
        runRequest(dag, { host: order.host }),
        async (request) => ({ ...pinOf(request), scriptUrl: pathToFileURL(order.script).href }),
        around,
        bench,
      )
    : await resumeRun(earlier, around, bench);
process.stdout.write(JSON.stringify(record));

function mortal(store: RunStore): RunStore {
  let writes = 0;
  const die = (when: 'before' | 'after'): void => {
    if (order.killAt?.when === when && order.killAt.write === writes) process.kill(process.pid, 'SIGKILL');
  };
  const around =
    <A extends unknown[], T>(work: (...given: A) => Promise<T>) =>
    async (...given: A): Promise<T> => {
      writes++;
      die('before');
      const answer = await work(...given);
      die('after');
      return answer;
    };
  return { ...store, write: around(store.write), claim: around(store.claim) };
}
