import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readScenario } from '../../../src/workspace/scenario/scenario.ts';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace, submitBody } from '../workspace-harness.ts';

const scenario = `
clock: { step_seconds: 60 }
runs:
  - { name: killed, outcome: driver_killed, run_seconds: 300 }
  - { name: queued, queue_seconds: 100000 }
  - { name: held, run_seconds: 100000, outcome: success }
  - { name: slow cluster, cluster_seconds: 120 }
`;

describe('a scenario around tasks that are really run', () => {
  after(closeWorkspaces);

  it('lets polls pass the time, kills a driver, holds a run until it is cancelled, and runs what it does not end', async () => {
    const file = join(temporaryFolder(), 'some.yaml');
    writeFileSync(file, scenario);
    const workspace = await openWorkspace({ scenario: readScenario(file) });
    const submit = (script: string, name: string) => workspace.submit(script, { top: { run_name: name } });
    const killed = await workspace.runUntil(await submit('import time; time.sleep(60)', 'killed'));
    assert.equal(killed.state.result_state, 'FAILED');
    assert.match(
      String((await workspace.output(killed.tasks[0]?.run_id)).error),
      /exit code 137 \(SIGKILL\)\. This may have been caused by an OOM error/,
    );
    const slow = await workspace.runUntil(await submit('print("ran")', 'slow cluster'));
    assert.equal((await workspace.output(slow.tasks[0]?.run_id)).logs, 'ran\n');
    for (const [name, state] of [
      ['queued', 'QUEUED'],
      ['held', 'RUNNING'],
    ] as const) {
      const body = submitBody('/no/such/script.py', { top: { run_name: name } });
      const { run_id: id } = (
        await workspace.call<{ run_id: number }>('POST', '/api/2.2/jobs/runs/submit', body)
      ).body;
      await workspace.runUntil(id, (run) => run.state.life_cycle_state === state);
      await workspace.call('POST', '/api/2.2/jobs/runs/cancel', { run_id: id });
      assert.equal((await workspace.runUntil(id)).state.result_state, 'CANCELED');
    }
  });
});
