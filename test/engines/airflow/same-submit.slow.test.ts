import assert from 'node:assert/strict';
import { goldenSet } from './golden-set.ts';

describe('the body of a submit of the golden DAGs', function () {
  this.timeout(300_000);

  it('is the same from Airflow and from the local engine, for scheduled runs and runs by hand', async () => {
    const { pairs, answer } = await goldenSet();
    assert.ok(pairs.length > 300, `${pairs.length} requests`);
    pairs.forEach(({ asked, ours }, index) => {
      const name = `${asked.dag_id}.${asked.task_id} (${asked.run.run_type})`;
      assert.equal(answer.submits[index]?.error, undefined, name);
      assert.deepEqual(ours, answer.submits[index]?.body, name);
    });
  });
});
