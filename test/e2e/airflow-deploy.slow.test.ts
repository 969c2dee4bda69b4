import assert from 'node:assert/strict';
import { folderStore } from '../../src/artifacts/folder-store.ts';
import { systemClock } from '../../src/core/clock.ts';
import { chooseEarlier } from '../../src/engines/airflow/deploy/choose-earlier.ts';
import { type DeployDecision, deploy } from '../../src/engines/airflow/deploy/deploy.ts';
import { planRestore } from '../../src/engines/airflow/deploy/plan-deploy.ts';
import { storeHome } from '../../src/engines/airflow/deploy/store-home.ts';
import { getDag } from '../../src/engines/airflow/rest/dags.ts';
import { listTaskInstances } from '../../src/engines/airflow/rest/task-instances.ts';
import { aRequest, decides } from '../engines/airflow/deploy/a-build.ts';
import { type Attempted, buildOf, openScene, type Scene, signal, until } from './airflow-scene.ts';

const TEAM = 'weather';

describe('a team that deploys to a real Airflow while runs are active', function () {
  this.timeout(240_000);
  let scene: Scene;
  let marks = '';

  before(async () => {
    scene = await openScene((folder) => {
      marks = folder;
      return {};
    });
  });
  after(() => scene?.close());

  it('changes tasks that have not begun, keeps the pins of the run, and goes back', async () => {
    // Airflow reads every folder below `dags`, as it does in a bundle.
    const home = storeHome(folderStore(scene.airflow.folder));
    const apply = async (decide: DeployDecision): Promise<void> => {
      const before = Date.now();
      await deploy(home, TEAM, decide, { clock: systemClock });
      await until('Airflow reads the deploy', async () => {
        const dag = await getDag(scene.airflow.api, 'active', signal);
        return (dag?.parsedAt?.getTime() ?? 0) > before ? dag : undefined;
      });
    };

    await apply(decides(aRequest(await active('ok', ''))));
    const run = await scene.start('active', 'while-deployed');
    await until('the first script runs', () => run.started()[0]);
    await scene.publishSea('2.0.0');
    await apply(decides(aRequest(await active('other', task('third', 'ok')))));
    run.letGo();
    await run.reaches('second', 'success');
    assert.deepEqual(await submitted(run), ['first wait 1.0.0', 'second other 1.0.0']);
    const known = await listTaskInstances(scene.airflow.api, run.key, signal);
    assert.deepEqual(known.map(({ taskId }) => taskId).sort(), ['first', 'resolve_artifacts', 'second']);

    const { current } = await home.read(TEAM);
    const record = chooseEarlier(await home.history(TEAM, 10), current?.record, undefined);
    const files = await home.files(TEAM, record);
    const note = { at: new Date().toISOString(), by: 'Ana', reason: 'a mistake' };
    await apply((standing) => planRestore(TEAM, { record, files }, note, standing));
    const again = await scene.start('active', 'rolled-back');
    again.letGo();
    await again.reaches('second', 'success');
    assert.deepEqual(await submitted(again), ['first wait 2.0.0', 'second ok 2.0.0']);
  });

  /** The DAGs of the team: one whose first task waits, with more tasks after it. */
  async function active(second: string, more: string) {
    const first = task('first', 'wait').replace('    after: [first]\n', '');
    const text = `dag: active\nteam: weather\ntasks:\n${first}${task('second', second)}${more}`;
    return buildOf({ 'active.dag.yaml': text });
  }

  function task(id: string, what: string): string {
    const parameters = `["${what}", "${marks}", "{{ run_id }}"]`;
    return `  ${id}:\n    after: [first]\n    deferrable: false\n    hermes: { project_name: sea, parameters: ${parameters} }\n`;
  }
});

interface Script {
  readonly spark_python_task: { readonly python_file: string; readonly parameters: readonly string[] };
}

/** What the workspace was asked to run: task, first parameter, version. */
async function submitted(run: Attempted): Promise<string[]> {
  const tasks = (await run.remote()).flatMap((remote) => remote.tasks as readonly unknown[]);
  return (tasks as (Script & { readonly task_key: string })[]).map(({ task_key: key, spark_python_task }) => {
    const { python_file: file, parameters } = spark_python_task;
    return `${key} ${parameters[0]} ${/sea-([\d.]+)\.py$/.exec(file)?.[1]}`;
  });
}
