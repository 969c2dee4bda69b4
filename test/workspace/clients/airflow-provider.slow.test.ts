import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installedAirflow } from '../../airflow-harness.ts';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, scriptFile } from '../workspace-harness.ts';
import { askClient, assertPageSays, assertPassed, type ClientReport, SCRIPT } from './client-report.ts';
import { openSqlWorkspace } from './sql-workspace.ts';

describe('the workspace under Airflow’s Databricks provider', () => {
  let report: ClientReport;
  before(async function () {
    this.timeout(300_000);
    const { python, emptyDatabase } = await installedAirflow();
    const workspace = await openSqlWorkspace();
    const home = temporaryFolder();
    copyFileSync(emptyDatabase, join(home, 'airflow.db'));
    const words = [workspace.url, workspace.token, scriptFile(SCRIPT)];
    report = await askClient(python, 'airflow/main.py', words, {
      PATH: `${dirname(python)}:${process.env.PATH}`,
      HOME: home,
      AIRFLOW_HOME: home,
      AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
      AIRFLOW__CORE__HOSTNAME_CALLABLE: 'socket.gethostname',
      AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: 'False',
    });
  });
  after(closeWorkspaces);

  it('does what each operator says', () => assertPassed(report));

  it('is what the reference says of it', () => assertPageSays('airflow', report));
});
