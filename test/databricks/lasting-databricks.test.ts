import { strict as assert } from 'node:assert';
import { ConnectionError } from '../../src/core/errors.ts';
import { lastingDatabricks } from '../../src/databricks/lasting-databricks.ts';
import { type MemoryDatabricks, memoryDatabricks } from '../fakes/memory-databricks.ts';

const gone = new ConnectionError('no answer', { code: 'HERMES_DATABRICKS_UNREACHABLE' });

function failing(error: Error): MemoryDatabricks {
  const databricks = memoryDatabricks();
  databricks.onCall = () => {
    throw error;
  };
  return databricks;
}

describe('a workspace that is opened again', () => {
  it('takes the place of one that is gone, for the call that noticed it and for those after it', async () => {
    const next = { ...memoryDatabricks(), host: 'http://127.0.0.1:2' };
    let opened = 0;
    const lasting = lastingDatabricks(failing(gone), async () => {
      opened += 1;
      return next;
    });
    assert.equal(lasting.host, 'http://127.0.0.1:1');
    const runId = await lasting.jobs.submitRun({ run_name: 'x' });
    assert.equal((await lasting.jobs.getRun(runId)).runId, runId);
    assert.equal(lasting.host, 'http://127.0.0.1:2');
    assert.equal(opened, 1);
  });

  it('is not asked for when the workspace answers, be it with a refusal', async () => {
    const refusal = new ConnectionError('no', { code: 'HERMES_DATABRICKS_FORBIDDEN' });
    const lasting = lastingDatabricks(failing(refusal), () => assert.fail('it was opened again'));
    await assert.rejects(lasting.jobs.submitRun({}), refusal);
  });

  it('offers every call that the first one did', () => {
    const first = memoryDatabricks();
    const lasting = lastingDatabricks(first, async () => first);
    for (const api of ['jobs', 'policies', 'identity'] as const)
      assert.deepEqual(Object.keys(lasting[api]), Object.keys(first[api]));
  });
});
