import assert from 'node:assert/strict';
import { usefulLog, wholeLog } from '../../../src/cli/airflow/useful-log.ts';
import type { LogEntry } from '../../../src/engines/airflow/rest/task-log.ts';

const line = (event: string, logger?: string, level = 'info'): LogEntry => ({
  event,
  level,
  timestamp: '2026-11-21T20:10:19Z',
  ...(logger === undefined ? {} : { logger }),
});
const LOG = [
  line('::group::Log message source details'),
  line('/logs/attempt=1.log'),
  line('::endgroup::'),
  line('::group::Pre Execute', 'task'),
  line('Filling up the DagBag from dags/x.py', 'airflow.dag_processing.dagbag.BundleDagBag'),
  line('cannot import x', 'task', 'error'),
  line('::endgroup::', 'task'),
  line('Artifacts of team weather in dev', 'task.stdout'),
  line('ProvidersManager.hooks is deprecated', 'py.warnings', 'warning'),
  line("Done. Returned value was: {'a': {}}", 'airflow.task.operators.PythonOperator'),
  line('::group::Post Execute', 'task'),
  line('Pushing xcom', 'task'),
  line('  clean  market 1.5.0', 'task.stdout'),
  line('Taking over run 7', 'airflow.task.operators.DatabricksSubmitRunOperator'),
  line('::endgroup::', 'task'),
  line('Task failed', 'task', 'error'),
];

describe('the log of a task in Airflow', () => {
  it('is shown as what the task, its operator and its mistakes say', () => {
    assert.deepEqual(
      usefulLog(LOG).map(({ event }) => event),
      [
        'cannot import x',
        'Artifacts of team weather in dev',
        '  clean  market 1.5.0',
        'Taking over run 7',
        'Task failed',
      ],
    );
  });

  it('is whole when all is asked for, but for the marks that fold it', () => {
    assert.equal(wholeLog(LOG).length, LOG.length - 6);
  });
});
