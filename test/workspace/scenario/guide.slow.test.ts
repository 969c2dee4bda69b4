import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../../src/core/package-root.ts';
import { readScenario } from '../../../src/workspace/scenario/scenario.ts';
import { pythonTools } from '../../python-tools.ts';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace } from '../workspace-harness.ts';

const run = promisify(execFile);

describe('the guide on tests against the workspace', () => {
  let python = '';
  before(function () {
    this.timeout(300_000);
    python = join(pythonTools('test'), 'python');
  });
  after(closeWorkspaces);

  it('shows a scenario and a test that goes through it', async () => {
    const guide = readFileSync(join(packageRoot, 'docs', 'guides', 'test-against-the-workspace.md'), 'utf8');
    const block = (language: string): string =>
      new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(guide)?.[1] ?? '';
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'bad-day.yaml'), block('yaml'));
    writeFileSync(join(folder, 'test_nightly.py'), `${block('python')}\n\ntest_a_bad_day()\n`);
    const workspace = await openWorkspace({ scenario: readScenario(join(folder, 'bad-day.yaml')) });
    const env = { DATABRICKS_HOST: workspace.url, DATABRICKS_TOKEN: workspace.token, HOME: folder };
    await run(python, [join(folder, 'test_nightly.py')], { env });
  });
});
