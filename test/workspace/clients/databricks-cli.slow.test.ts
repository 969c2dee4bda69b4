import { join } from 'node:path';
import { pythonTools } from '../../python-tools.ts';
import { closeWorkspaces, openWorkspace, scriptFile } from '../workspace-harness.ts';
import { askClient, assertPageSays, assertPassed, type ClientReport, SCRIPT } from './client-report.ts';

describe('the workspace under the legacy databricks-cli', () => {
  let report: ClientReport;
  before(async function () {
    this.timeout(300_000);
    const python = join(pythonTools('databricks-cli'), 'python');
    const workspace = await openWorkspace();
    const words = [workspace.url, workspace.token, scriptFile(SCRIPT)];
    report = await askClient(python, 'legacy_cli.py', words, { HOME: workspace.folder });
  });
  after(closeWorkspaces);

  it('does what each command says', () => assertPassed(report));

  it('is what the reference says of it', () => assertPageSays('databricks-cli', report));
});
