import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createDatabricks } from '../../src/databricks/client.ts';
import { localPace } from '../../src/databricks/runs/polling-pace.ts';
import { createRunWatcher } from '../../src/databricks/runs/run-watcher.ts';
import { readScenario } from '../../src/workspace/scenario/scenario.ts';
import { temporaryFolder } from '../setup.ts';
import { closeWorkspaces, openWorkspace, submitBody } from '../workspace/workspace-harness.ts';

const scenario = `
clock: { step_seconds: 60 }
ids: { runs: 9007199254740993, jobs: 9007199254740993 }
run_page_url: legacy
runs:
  - cluster_seconds: 900
    outcome: cluster_failure
    shown: { polls: 2, without: [cluster_instance, end_time, status], life_cycle_state: PONDERING }
requests:
  - { method: POST, path: '*/jobs/runs/submit', nth: 1, connection: drop_after }
  - { method: GET, path: '*/jobs/runs/get', nth: 1, status: 429, retry_after: 0 }
  - { method: GET, path: '*/jobs/runs/get', nth: 2, status: 503, body: <html>busy</html> }
  - { method: GET, path: '*/jobs/runs/get', nth: 4, cut_after_bytes: 20 }
`;

describe('our client on a bad day of the workspace', () => {
  after(closeWorkspaces);

  it('makes one run, follows it through lost answers and strange states, and says what was at fault', async () => {
    const file = join(temporaryFolder(), 'bad-day.yaml');
    writeFileSync(file, scenario);
    const workspace = await openWorkspace({ scenario: readScenario(file) });
    const { jobs } = createDatabricks(
      { host: workspace.url, token: workspace.token },
      { clock: systemClock },
    );
    const body = submitBody('/x.py', { top: { idempotency_token: 'once' } }) as JsonObject;
    const id = await jobs.submitRun(body);
    assert.equal(id, '9007199254740993');
    const states: string[] = [];
    const troubles: string[] = [];
    const run = await createRunWatcher(jobs, { clock: systemClock, pace: localPace }).watch(id, {
      onChange: ({ state }) => states.push(state.lifeCycle),
      onTrouble: (message) => troubles.push(message),
    });
    assert.deepEqual([...new Set(states)], ['PONDERING', 'PENDING', 'INTERNAL_ERROR']);
    assert.match(
      troubles.join('\n'),
      /is in state PONDERING, which Hermes does not know; it counts as still going/,
    );
    assert.equal(run.state.termination?.type, 'CLOUD_FAILURE');
    assert.equal(run.tasks[0]?.runId, '9007199254740994');
    assert.match(run.pageUrl, /\/jobs\/9007199254740993\/runs\/9007199254740993\?o=\d{15}$/);
    const { body: list } = await workspace.call<{ runs: object[] }>('GET', '/api/2.2/jobs/runs/list');
    assert.equal(list.runs.length, 1);
  });
});
