import { strict as assert } from 'node:assert';
import { systemClock } from '../../../src/core/clock.ts';
import { stringifyJson } from '../../../src/core/json.ts';
import { createDatabricks } from '../../../src/databricks/client.ts';
import { localPace } from '../../../src/databricks/runs/polling-pace.ts';
import { createRunWatcher } from '../../../src/databricks/runs/run-watcher.ts';
import { changedPolicies } from '../../../src/engines/local/again/compare-runs.ts';
import { keepClusters, withKeptClusters } from '../../../src/engines/local/again/keep-clusters.ts';
import { planRerun } from '../../../src/engines/local/again/rerun.ts';
import { planSubmits } from '../../../src/engines/local/plan/plan-submit.ts';
import { runDag, startPlanned, withPolicies } from '../../../src/engines/local/run-dag.ts';
import { memoryRuns } from '../../fakes/memory-runs.ts';
import { closeWorkspaces, openWorkspace, scriptFile } from '../../workspace/workspace-harness.ts';
import { pinOf, runRequest, surroundings, testDag } from './engine-under-test.ts';

const policy = (more: object): string =>
  stringifyJson({
    'autoscale.min_workers': { type: 'fixed', value: 1 },
    'autoscale.max_workers': { type: 'fixed', value: 2 },
    ...more,
  });

describe('repeating a run after its policy was edited', () => {
  after(closeWorkspaces);

  it('makes the cluster that it had, as far as the present policy lets it, and says the rest', async () => {
    const workspace = await openWorkspace();
    const connection = { host: workspace.url, token: workspace.token };
    const databricks = createDatabricks(connection, { clock: systemClock });
    const { signal } = new AbortController();
    const watcher = createRunWatcher(databricks.jobs, { clock: systemClock, pace: localPace });
    const bench = {
      databricks,
      watcher,
      store: memoryRuns(),
      clock: systemClock,
      signal,
      emit: () => undefined,
    };
    const surroundingsOf = async (policyId: string) => {
      const { hermes_weather } = surroundings.variables as { hermes_weather: object };
      return {
        variables: { hermes_weather: { ...hermes_weather, cluster_policy_id: policyId } },
        policies: new Map([[policyId, await databricks.policies.getPolicy(policyId)]]),
      };
    };
    const clusterOf = async (runId: string | undefined) =>
      (await workspace.run(BigInt(runId ?? 0))).tasks[0]?.new_cluster;

    const then = policy({
      spark_version: { type: 'unlimited', defaultValue: '15.4.x-scala2.12' },
      node_type_id: { type: 'fixed', value: 'm5.large' },
    });
    const policyId = await databricks.policies.createPolicy('weather', then);
    const script = scriptFile("print('ok')\n");
    const dag = testDag([['clean', 'good']]);
    const resolve = async (request: Parameters<typeof pinOf>[0]) => ({
      ...pinOf(request),
      scriptUrl: script,
    });
    const first = await runDag(runRequest(dag), resolve, await surroundingsOf(policyId), bench);
    assert.equal(first.state, 'success');

    const present = policy({
      spark_version: { type: 'unlimited', defaultValue: '16.4.x-scala2.12' },
      node_type_id: { type: 'fixed', value: 'm5.xlarge' },
    });
    await databricks.policies.editPolicy({ policyId, name: 'weather', definition: present });
    const around = await surroundingsOf(policyId);
    const planned = planRerun({ record: first, host: workspace.url }, new Date(), first.driver);
    const { plans } = planSubmits(planned, around);
    const changed = changedPolicies(first, withPolicies(planned, plans));
    const changes = await keepClusters(first, plans, changed, databricks.past, signal);
    assert.deepEqual(
      changes.map(({ taskId, policy: name, kept }) => [taskId, name, [...(kept?.sent ?? [])], kept?.lost]),
      [
        [
          'clean',
          'weather',
          [['spark_version', '15.4.x-scala2.12']],
          [{ path: 'node_type_id', was: 'm5.large', is: 'm5.xlarge' }],
        ],
      ],
    );
    const second = await startPlanned(withKeptClusters(planned, changes), around, bench);
    const [was, is] = [first, second].map(({ tasks }) => tasks[0]?.attempts[0]?.runId);
    const [before, after] = [await clusterOf(was), await clusterOf(is)];
    assert.equal(before?.spark_version, after?.spark_version);
    assert.deepEqual([before?.node_type_id, after?.node_type_id], ['m5.large', 'm5.xlarge']);
  });
});
