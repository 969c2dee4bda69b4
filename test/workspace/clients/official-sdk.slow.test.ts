import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../../src/core/package-root.ts';
import { addClient } from '../../../src/workspace/identity/accounts.ts';
import { pythonTools } from '../../python-tools.ts';
import { closeWorkspaces, openWorkspace, scriptFile } from '../workspace-harness.ts';

const run = promisify(execFile);

describe('the workspace under Databricks’ own Python SDK', () => {
  let python = '';
  before(function () {
    this.timeout(300_000);
    python = join(pythonTools('test'), 'python');
  });
  after(closeWorkspaces);

  it('answers policies, submit, waiting, output, cluster, lists, permissions, cancel and errors', async () => {
    const workspace = await openWorkspace();
    const script = scriptFile(
      'import sys, time\nprint(sys.argv[1], flush=True)\nif sys.argv[1] == "sleep": time.sleep(60)',
    );
    const program = addClient(workspace.folder, 'airflow', ['weather'], new Date());
    const words = [
      join(packageRoot, 'test', 'workspace', 'clients', 'official_sdk.py'),
      workspace.url,
      workspace.token,
      script,
      program.applicationId,
      program.secret,
    ];
    const { stdout } = await run(python, words, { env: { PATH: process.env.PATH, HOME: workspace.folder } });
    const seen = JSON.parse(stdout);
    assert.deepEqual(
      { ...seen, missing_policy: undefined, workspace_id: undefined },
      {
        program: ['oauth-m2m', true, 'airflow'],
        workspace_id: undefined,
        instance_profiles: ['arn:aws:iam::123456789012:instance-profile/hermes-weather'],
        no_admin: ['PermissionDenied', `${program.applicationId} is not an administrator of this workspace.`],
        wrong_secret: 'invalid_client: Client authentication failed',
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
    assert.match(String(seen.workspace_id), /^\d{15}$/);
    assert.deepEqual(seen.missing_policy, [
      'ResourceDoesNotExist',
      "Can't find a cluster policy with id: ABC",
    ]);
  });
});
