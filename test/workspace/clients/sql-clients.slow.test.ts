import { join } from 'node:path';
import { installedAirflow } from '../../airflow-harness.ts';
import { npmTools } from '../../npm-tools.ts';
import { pythonTools } from '../../python-tools.ts';
import { closeWorkspaces, type TestWorkspace } from '../workspace-harness.ts';
import { askClient, assertPageSays, assertPassed } from './client-report.ts';
import { openSqlWorkspace } from './sql-workspace.ts';

describe('SQL of the workspace', () => {
  let workspace: TestWorkspace;
  before(async () => {
    workspace = await openSqlWorkspace();
  });
  after(closeWorkspaces);

  async function judge(client: string, python: string, script: string, more: string[] = []): Promise<void> {
    const words = [workspace.url, workspace.token, ...more];
    const report = await askClient(python, script, words, { HOME: workspace.folder });
    assertPassed(report);
    assertPageSays(client, report);
  }

  it('is what databricks-sdk takes it for', function () {
    // The engine is installed once.
    this.timeout(300_000);
    return judge('databricks-sdk statements', join(pythonTools('test'), 'python'), 'sdk/statements.py');
  });

  it('is what databricks-sql-connector takes it for', async () => {
    const { python } = await installedAirflow();
    await judge('databricks-sql-connector', python, 'sql/connector.py');
  });

  it('is what @databricks/sql takes it for', async function () {
    this.timeout(120_000);
    // Its kernel is a program for one kind of machine.
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
    await judge('databricks-sql', process.execPath, 'sql/kernel.mjs', [npmTools('databricks-sql')]);
  });
});
