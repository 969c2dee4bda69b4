import assert from 'node:assert/strict';
import type { Environment } from '../../../src/config/environment.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { localPace } from '../../../src/databricks/runs/polling-pace.ts';
import { createRunWatcher } from '../../../src/databricks/runs/run-watcher.ts';
import {
  type Probe,
  placeProbe,
  planProbe,
  runProbe,
} from '../../../src/engines/local/plan/probe-cluster.ts';
import { memoryDatabricks } from '../../fakes/memory-databricks.ts';
import { memoryStore } from '../../fakes/memory-store.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';

const { signal } = new AbortController();

function probe(script: string): Probe {
  const environment = { name: 'dev', team: 'weather' } as Environment;
  const definition = JSON.stringify({
    num_workers: { type: 'fixed', value: 1 },
    'custom_tags.team': { type: 'fixed', value: 'weather' },
  });
  const policy = { policyId: 'P1', name: 'weather-dev', definition };
  return { environment, policy, scriptUrl: `s3://acme/${script}.py`, word: 'w-1' };
}

function bench(stop: AbortSignal = signal) {
  const clock = swiftClock();
  const databricks = memoryDatabricks();
  const watcher = createRunWatcher(databricks.jobs, { clock, pace: localPace });
  return { databricks, watcher, clock, signal: stop };
}

describe('trying a cluster', () => {
  it('puts its script into the store once', async () => {
    const writes: string[] = [];
    const store = memoryStore('s3://fake', (key) => writes.push(key));
    const url = await placeProbe(store, 'weather', signal);
    assert.equal(await placeProbe(store, 'weather', signal), url);
    assert.match(url, /^s3:\/\/fake\/weather\/hermes-doctor-[0-9a-f]{12}\.py$/);
    assert.equal(writes.length, 1);
  });

  it('asks for what the policy leaves open, for the team to see, and once per word', () => {
    const body = planProbe(probe('good'));
    const [task] = body.tasks as readonly JsonObject[];
    const { custom_tags, ...cluster } = (task?.new_cluster ?? {}) as JsonObject;
    assert.deepEqual(cluster, {
      policy_id: 'P1',
      apply_policy_default_values: true,
      spark_conf: { 'spark.databricks.acl.needAdminPermissionToViewLogs': 'false' },
    });
    assert.deepEqual(custom_tags, {
      project: 'hermes-doctor',
      dag: 'hermes-doctor',
      task: 'doctor',
      environment: 'dev',
      'compaas-service': 'hermes',
    });
    assert.deepEqual(body.access_control_list, [
      { group_name: 'weather', permission_level: 'CAN_MANAGE_RUN' },
    ]);
    assert.match(String(body.idempotency_token), /^[0-9a-f]{64}$/);
    assert.notEqual(planProbe({ ...probe('good'), word: 'w-2' }).idempotency_token, body.idempotency_token);
  });

  it('says what was wrong with a run that failed, and of a log that does not hold its word', async () => {
    const failed = await runProbe(probe('raise'), bench(), () => undefined);
    assert.equal(failed.problem, "KeyError: 'tempMax'");
    const silent = await runProbe(probe('good'), bench(), () => undefined);
    assert.equal(silent.problem, 'it ran, but its log does not say so');
  });

  it('cancels the run when it is interrupted', async () => {
    const stop = new AbortController();
    const work = bench(stop.signal);
    const running = runProbe(probe('hang'), work, () => stop.abort(new Error('interrupted')));
    await assert.rejects(running, { message: 'interrupted' });
    const [started] = work.databricks.started;
    assert.equal((await work.databricks.jobs.getRun(started?.id ?? '')).state.result, 'CANCELED');
  });
});
