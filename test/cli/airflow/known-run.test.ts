import assert from 'node:assert/strict';
import { requireRun } from '../../../src/cli/airflow/known-run.ts';
import { Cli } from '../../../src/cli/cli.ts';
import { ConfigError } from '../../../src/core/errors.ts';
import type { AirflowApi } from '../../../src/engines/airflow/rest/airflow-api.ts';

const dag = (dagId: string) => ({
  dag_id: dagId,
  is_paused: false,
  is_stale: false,
  last_parsed_time: null,
  relative_fileloc: null,
  has_import_errors: false,
});
const run = {
  dag_id: 'rain',
  dag_run_id: 'mine',
  state: 'success',
  run_type: 'manual',
  run_after: '2026-11-21T06:00:00Z',
  logical_date: null,
  queued_at: null,
  start_date: null,
  end_date: null,
  conf: {},
};
const ANSWERS: Readonly<Record<string, unknown>> = {
  dags: { dags: [dag('rain'), dag('snow')], total_entries: 2 },
  'dags/rain': dag('rain'),
  'dags/snow': dag('snow'),
  'dags/rain/dagRuns': { dag_runs: [run] },
  'dags/snow/dagRuns': { dag_runs: [] },
  'dags/rain/dagRuns/mine': run,
};
const api = {
  url: 'http://127.0.0.1:1',
  send: async ({ path, action }: { readonly path: readonly string[]; readonly action: string }) => {
    const answer = ANSWERS[path.join('/')];
    if (answer !== undefined) return answer;
    throw new ConfigError(`Cannot ${action}`, { code: 'HERMES_AIRFLOW_NOT_FOUND' });
  },
} as AirflowApi;

describe('a run that is asked for on Airflow', () => {
  const find = (dagId: string, runId: string, others?: readonly string[]) =>
    requireRun(new Cli(), api, dagId, runId, others);

  it('is the latest one, or that of an id', async () => {
    assert.equal((await find('rain', 'last')).runId, 'mine');
    assert.equal((await find('rain', 'mine')).runId, 'mine');
  });

  it('is refused with what there is, and with the nearest name', async () => {
    await assert.rejects(find('schedular', 'last', ['scheduler']), {
      message: 'There is no DAG schedular on this Airflow. DAGs: rain, snow. Processes: scheduler.',
      nextStep: 'Did you mean scheduler?',
    });
    await assert.rejects(find('rain', 'mien'), {
      message: 'DAG rain has no run mien on this Airflow. Its latest: mine.',
      nextStep: 'Did you mean mine?',
    });
    await assert.rejects(find('snow', 'last'), {
      message: 'DAG snow has not run on this Airflow yet.',
      nextStep: 'Run it: hermes airflow run snow',
    });
  });
});
