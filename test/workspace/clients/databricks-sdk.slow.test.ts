import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addClient } from '../../../src/workspace/identity/accounts.ts';
import { readScenario } from '../../../src/workspace/scenario/scenario.ts';
import { pythonTools } from '../../python-tools.ts';
import { temporaryFolder } from '../../setup.ts';
import { writeWheel } from '../../write-wheel.ts';
import { closeWorkspaces, openWorkspace, scriptFile } from '../workspace-harness.ts';
import {
  askClient,
  assertPageSays,
  assertPassed,
  type ClientReport,
  KNOWN_BESIDE,
  SCRIPT,
} from './client-report.ts';

/** What goes wrong in the second workspace. */
const BAD_DAY = `
requests:
  - { path: '*/scim/v2/Me', nth: 1, status: 429, retry_after: 1, error_code: REQUEST_LIMIT_EXCEEDED }
  - { path: '*/scim/v2/Me', nth: 3, status: 429 }
  - { path: '*/scim/v2/Me', nth: 5, status: 503 }
  - { path: '*/scim/v2/Me', nth: 7, connection: drop_before }
  - { path: '*/jobs/runs/submit', nth: 1, connection: drop_after }
`;

describe('the workspace under Databricks’ own Python SDK', () => {
  let report: ClientReport;
  before(async function () {
    this.timeout(300_000);
    const python = join(pythonTools('test'), 'python');
    const workspace = await openWorkspace();
    const badDay = join(temporaryFolder(), 'bad-day.yaml');
    writeFileSync(badDay, BAD_DAY);
    const bad = await openWorkspace({ scenario: readScenario(badDay) });
    const program = addClient(workspace.folder, 'airflow', ['weather'], new Date());
    const wheel = await writeWheel('1.0', 'import sys\ndef main(): print(sys.argv)');
    const words = [
      workspace.url,
      workspace.token,
      scriptFile(SCRIPT),
      program.applicationId,
      program.secret,
      wheel,
      workspace.user('stranger@example.com'),
      bad.url,
      bad.token,
    ];
    report = await askClient(python, 'sdk/main.py', words, { HOME: workspace.folder });
  });
  after(closeWorkspaces);

  it('does what each call says', () => assertPassed(report));

  it('answers nothing that the types of the SDK do not know', () => {
    assert.deepEqual(
      report.shapes.filter((shape) => !KNOWN_BESIDE.includes(shape)),
      [],
    );
  });

  it('is what the reference says of it', () => assertPageSays('databricks-sdk', report));
});
