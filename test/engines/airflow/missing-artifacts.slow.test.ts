import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operators } from '../../../operators/registry.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import { loadDags } from '../../../src/dag/load-dags.ts';
import { temporaryFolder } from '../../setup.ts';
import { askAirflow, buildFolder } from './airflow-oracle.ts';
import { submitPairs } from './submit-cases.ts';

/** Found as a wheel would be that is installed. */
const DAG = `
import sys
sys.path.insert(0, ${JSON.stringify(join(packageRoot, 'operators', 'python'))})
from airflow.sdk import DAG
from hermes_airflow import HermesOperator

with DAG("by_hand"):
    HermesOperator(task_id="say", team="weather", project_name="echo")
`;

const demo = () => loadDags(['dags'], { operators, cwd: join(packageRoot, 'demo') });

async function pairsOfDemo() {
  const { dags } = await demo();
  return dags.flatMap(({ dag }) => submitPairs(dag, 'manual', 1, 1).map(({ asked }) => asked));
}

function refused(taskId: string): object {
  return {
    error: `AirflowFailException: Cannot start ${taskId}: resolve_artifacts of this run has not found which version to run. Its log says why; when that is mended, clear resolve_artifacts with what follows it.`,
  };
}

describe('a task that starts although resolve_artifacts has failed', function () {
  this.timeout(120_000);

  it('says so, and not what became of its templates', async () => {
    const { dags } = await demo();
    const asked = await pairsOfDemo();
    const { submits } = await askAirflow({
      build: buildFolder(dags),
      submits: asked.map((one) => ({ ...one, pins: null })),
    });
    assert.ok(asked.length > 0);
    assert.deepEqual(
      submits,
      asked.map(({ task_id }) => refused(task_id)),
    );
  });

  it('says so of a HermesOperator in Python, too', async () => {
    const build = temporaryFolder();
    writeFileSync(join(build, 'by_hand.py'), DAG);
    const [model] = await pairsOfDemo();
    assert.ok(model !== undefined);
    const asked = { ...model, dag_id: 'by_hand', task_id: 'say', pins: null };
    assert.deepEqual((await askAirflow({ build, submits: [asked] })).submits, [refused('say')]);
  });
});
