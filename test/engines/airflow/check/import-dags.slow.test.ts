import assert from 'node:assert/strict';
import { HermesOperator } from '../../../../operators/hermes-operator.ts';
import { sha256Hex } from '../../../../src/core/sha256.ts';
import { Dag } from '../../../../src/dag/dag.ts';
import { describeDag } from '../../../../src/dag/describe-dag.ts';
import { importDags } from '../../../../src/engines/airflow/check/import-dags.ts';
import {
  type AirflowDag,
  airflowDag,
  encodeDag,
} from '../../../../src/engines/airflow/compile/airflow-dag.ts';
import { planBuild } from '../../../../src/engines/airflow/compile/plan-build.ts';
import { installedAirflow } from '../../../airflow-harness.ts';

describe('DAGs in a real Airflow', function () {
  this.timeout(300_000);

  const sound = airflowDag(
    describeDag(
      new Dag('sound', { team: 'weather', schedule: '0 6 * * *', startDate: '2026-01-01' }, () => {
        new HermesOperator({ taskId: 'clean', projectName: 'observations' });
      }),
    ),
  );

  const answer = async (...dags: readonly AirflowDag[]) => {
    const compiled = dags.map((dag) => {
      const line = encodeDag(dag);
      return { dagId: dag.dag_id, line, sha256: sha256Hex(line), source: `dags/${dag.dag_id}.dag.yaml` };
    });
    const { signal } = new AbortController();
    return importDags(await installedAirflow(), planBuild(compiled), { env: process.env, signal });
  };

  it('load without a word', async () => {
    const { dags, problems, airflow } = await answer(sound, { ...sound, dag_id: 'other' });
    assert.deepEqual([dags, problems], [['other', 'sound'], []]);
    assert.match(airflow, /^3\./);
  });

  it('are told one by one when Airflow cannot build them', async () => {
    const { problems } = await answer(
      sound,
      { ...sound, dag_id: 'lost', timezone: 'Europe/Nowhere' },
      { ...sound, dag_id: 'odd', options: { ...sound.options, no_such_option: 1 } },
    );
    assert.deepEqual(
      problems.map(({ file, dag }) => [file, dag]),
      [
        ['hermes_dags_0.py', 'lost'],
        ['hermes_dags_0.py', 'odd'],
      ],
    );
    assert.match(
      problems[0]?.text ?? '',
      /InvalidTimezone: Invalid timezone Europe\/Nowhere|Europe\/Nowhere/,
    );
    assert.match(problems[1]?.text ?? '', /unexpected keyword argument 'no_such_option'/);
  });
});
