import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HermesOperator } from '../../operators/hermes-operator.ts';
import { folderStore } from '../../src/artifacts/folder-store.ts';
import { resolvePin } from '../../src/artifacts/resolve-pin.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Dag } from '../../src/dag/dag.ts';
import { createDatabricks } from '../../src/databricks/client.ts';
import { localPace } from '../../src/databricks/runs/polling-pace.ts';
import { createRunWatcher } from '../../src/databricks/runs/run-watcher.ts';
import { openRunStore } from '../../src/engines/local/record/run-store.ts';
import { runDag } from '../../src/engines/local/run-dag.ts';
import { publishProject } from '../engines/local/published-project.ts';
import { POLICY, VARIABLES } from './a-team.ts';
import { alternate, type BenchResult } from './measure.ts';

const SUBMIT = '/api/2.2/jobs/runs/submit';
const ENDED = {
  run_id: 1,
  job_id: 1,
  run_page_url: '',
  state: { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS', state_message: '' },
  tasks: [],
};

/**
 * From the trigger of a run to its submit at the server: pins read from the store, requests planned, the record on
 * disk. The peer sends a request of the same size to the same server, which is what the network alone takes.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hermes-bench-'));
  const arrivals: { at: number; body: string }[] = [];
  const server = await listen(arrivals);
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const artifacts = join(folder, 'artifacts');
    await publishProject(artifacts, {
      team: 'weather',
      name: 'observations',
      version: '1.5.0',
      scripts: { observations: '' },
    });
    const arrived = () => arrivals.at(-1)?.at ?? Number.NaN;
    const { ours, peer } = await alternate(
      41,
      async () => {
        // The client sends at most 25 submits a second; what a single run takes is the question here.
        await delay(100);
        const start = performance.now();
        await trigger(host, folder, artifacts);
        return (arrived() - start) / 1000;
      },
      async () => {
        const start = performance.now();
        const body = arrivals.at(-1)?.body ?? '';
        await (await fetch(`${host}${SUBMIT}`, { method: 'POST', body })).text();
        return (arrived() - start) / 1000;
      },
    );
    const peerName = 'the same request by itself';
    return [{ name: 'submit-overhead', ours, peer, peerName, unit: 's', ratio: ours / peer }];
  } finally {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function listen(arrivals: { at: number; body: string }[]): Promise<Server> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      if (request.url === SUBMIT) arrivals.push({ at: performance.now(), body });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.url === SUBMIT ? { run_id: 1 } : ENDED));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

let count = 0;

async function trigger(host: string, folder: string, artifacts: string): Promise<void> {
  const dag = new Dag('seattle', { team: 'weather' }, () => {
    new HermesOperator({ taskId: 'clean', projectName: 'observations', parameters: ['--day', '{{ ds }}'] });
  });
  const databricks = createDatabricks({ host, token: 'bench' }, { clock: systemClock });
  const store = folderStore(artifacts);
  count += 1;
  await runDag(
    {
      dag,
      plans: dag.plans(),
      environment: 'dev',
      embedded: false,
      host,
      team: 'weather',
      folder,
      source: 'seattle.dag.ts',
      params: {},
      parallel: 4,
      runId: `bench_${count}`,
    },
    (request) => resolvePin(store, request, { production: false }),
    { variables: VARIABLES, policies: new Map([['P1', POLICY]]) },
    {
      databricks,
      watcher: createRunWatcher(databricks.jobs, { clock: systemClock, pace: localPace }),
      store: openRunStore(join(folder, 'dag-runs')),
      clock: systemClock,
      signal: new AbortController().signal,
      emit: () => undefined,
    },
  );
}
