import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonTools } from '../../python-tools.ts';
import { closeWorkspaces, openWorkspace, scriptFile, type TestWorkspace } from '../workspace-harness.ts';
import { askClient, assertPageSays, assertPassed, type ClientReport, SCRIPT } from './client-report.ts';

describe('the workspace under the legacy databricks-cli', () => {
  let report: ClientReport;
  let workspace: TestWorkspace;
  before(async function () {
    this.timeout(300_000);
    const python = join(pythonTools('databricks-cli'), 'python');
    workspace = await openWorkspace();
    const words = [workspace.url, workspace.token, scriptFile(SCRIPT)];
    report = await askClient(python, 'legacy_cli.py', words, { HOME: workspace.folder });
  });
  after(closeWorkspaces);

  it('does what each command says', () => assertPassed(report));

  it('is reached by its program as the reference says', async () => {
    const env = {
      PATH: process.env.PATH,
      HOME: workspace.folder,
      http_proxy: workspace.url,
      DATABRICKS_CLI_DO_NOT_EXECUTE_NEWER_VERSION: '1',
    };
    const program = join(pythonTools('databricks-cli'), 'databricks');
    const words = ['runs', 'list', '--version', '2.1', '--output', 'JSON'];
    const { stdout } = await promisify(execFile)(program, words, { env });
    assert.equal(JSON.parse(stdout).runs[0].run_type, 'SUBMIT_RUN');
  });

  it('is what the reference says of it', () => assertPageSays('databricks-cli', report));
});
