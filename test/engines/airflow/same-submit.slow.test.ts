import assert from 'node:assert/strict';
import { join } from 'node:path';
import { operators } from '../../../operators/registry.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import { loadDags } from '../../../src/dag/load-dags.ts';
import { askAirflow, buildFolder } from './airflow-oracle.ts';
import { type RunKind, submitPairs } from './submit-cases.ts';

const FOLDER = join(packageRoot, 'test', 'fixtures', 'airflow');
const KINDS: readonly RunKind[] = ['scheduled', 'manual', 'with parameters'];

describe('the body of a submit of the golden DAGs', function () {
  this.timeout(300_000);

  it('is the same from Airflow and from the local engine, for scheduled runs and runs by hand', async () => {
    const { dags } = await loadDags(['dags'], { operators, cwd: FOLDER });
    const pairs = dags.flatMap(({ dag }) =>
      KINDS.flatMap((kind, index) => submitPairs(dag, kind, index + 1)),
    );
    assert.ok(pairs.length > 300, `${pairs.length} requests`);
    const { submits } = await askAirflow({
      build: buildFolder(dags),
      submits: pairs.map(({ asked }) => asked),
    });
    pairs.forEach(({ asked, ours }, index) => {
      const name = `${asked.dag_id}.${asked.task_id} (${asked.run.run_type})`;
      assert.equal(submits[index]?.error, undefined, name);
      assert.deepEqual(ours, submits[index]?.body, name);
    });
  });
});
