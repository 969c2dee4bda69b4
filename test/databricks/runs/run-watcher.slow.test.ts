import assert from 'node:assert/strict';
import { systemClock } from '../../../src/core/clock.ts';
import type { JobsApi } from '../../../src/databricks/api.ts';
import { createDatabricks } from '../../../src/databricks/client.ts';
import { localPace } from '../../../src/databricks/runs/polling-pace.ts';
import { createRunWatcher } from '../../../src/databricks/runs/run-watcher.ts';
import { closeWorkspaces, openWorkspace } from '../../workspace/workspace-harness.ts';

describe('watching many runs of the embedded workspace', () => {
  after(closeWorkspaces);

  it('follows them by pages, ids beyond 2^53 included, and tells of each end with its tasks', async () => {
    const workspace = await openWorkspace({ firstRunId: 9_007_199_254_740_993n, maxConcurrent: 2 });
    const { jobs } = createDatabricks(
      { host: workspace.url, token: workspace.token },
      { clock: systemClock },
    );
    const ids: string[] = [];
    for (let at = 0; at < 30; at++)
      ids.push(String(await workspace.submit(at % 10 === 0 ? '1/0' : 'print(1)')));
    const calls = { getRun: 0, listRuns: 0 };
    const counted: JobsApi = {
      ...jobs,
      getRun: (id, signal) => {
        calls.getRun++;
        return jobs.getRun(id, signal);
      },
      listRuns: (query, signal) => {
        calls.listRuns++;
        return jobs.listRuns(query, signal);
      },
    };
    const watcher = createRunWatcher(counted, { clock: systemClock, pace: localPace });
    const ended = await Promise.all(ids.map((id) => watcher.watch(id)));
    assert.deepEqual(
      ended.map(({ runId }) => runId),
      ids,
    );
    assert.deepEqual(
      ended.map(({ state, tasks }) => `${state.result} ${tasks.length}`),
      ids.map((_, at) => (at % 10 === 0 ? 'FAILED 1' : 'SUCCESS 1')),
    );
    assert.ok(calls.listRuns > 0, JSON.stringify(calls));
  });
});
