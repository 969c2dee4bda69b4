import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../src/core/package-root.ts';
import { closeWorkspaces, openWorkspace, scriptFile } from './workspace-harness.ts';

const SDK = 'databricks-sdk==0.156.0';
const run = promisify(execFile);

describe('the workspace under Databricks’ own Python SDK', () => {
  const environment = join(packageRoot, '.cache', 'databricks-sdk');
  const python = join(environment, 'bin', 'python');
  before(async function () {
    this.timeout(120_000);
    if (existsSync(join(environment, 'lib')) && (await hasSdk())) return;
    await run('python3', ['-m', 'venv', environment]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', SDK]);
  });
  after(closeWorkspaces);

  const hasSdk = (): Promise<boolean> =>
    run(python, ['-c', 'import databricks.sdk']).then(
      () => true,
      () => false,
    );

  it('answers policies, submit, waiting, output, cluster, lists, permissions, cancel and errors', async () => {
    const workspace = await openWorkspace();
    const script = scriptFile(
      'import sys, time\nprint(sys.argv[1], flush=True)\nif sys.argv[1] == "sleep": time.sleep(60)',
    );
    const words = [
      join(packageRoot, 'test', 'workspace', 'official_sdk.py'),
      workspace.url,
      workspace.token,
      script,
    ];
    const { stdout } = await run(python, words, { env: { PATH: process.env.PATH, HOME: workspace.folder } });
    const seen = JSON.parse(stdout);
    assert.deepEqual(
      { ...seen, missing_policy: undefined },
      {
        me: 'you@localhost',
        policies: [['weather-dev', true]],
        policy_object: 'cluster-policy',
        run: ['TERMINATED', 'SUCCESS', 'SUCCESS'],
        cluster: ['15.4.x-scala2.12', 'm5.large', { team: 'weather' }],
        logs: 'hello\n',
        context_matches: true,
        listed: ['by the SDK'],
        job: 'by the SDK',
        granted: ['admins', 'ana', 'weather', 'you@localhost'],
        cancelled: 'CANCELED',
        missing_run: ['ResourceDoesNotExist', 'Run 424242 does not exist.'],
        missing_policy: undefined,
        broken_policy: [
          'InvalidParameterValue',
          'Cluster validation error: Validation failed for custom_tags, team must be weather (is "market")',
        ],
      },
    );
    assert.deepEqual(seen.missing_policy, [
      'ResourceDoesNotExist',
      "Can't find a cluster policy with id: ABC",
    ]);
  });
});
