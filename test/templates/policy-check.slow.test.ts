import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { writeFiles } from '../../src/templates/write-files.ts';
import { devVariable } from '../config/dev-variable.ts';
import { hermesMain } from '../hermes.ts';
import { temporaryFolder } from '../setup.ts';
import { closeWorkspaces, openWorkspace, type TestWorkspace } from '../workspace/workspace-harness.ts';

const RULES = {
  node_type_id: { type: 'fixed', value: 'm5.xlarge' },
  spark_version: { type: 'fixed', value: '15.4.x-scala2.12' },
};
const POLICY = '/api/2.0/policies/clusters';

describe('the policy check in the CI of a repository of DAGs', () => {
  let folder = '';
  let workspace: TestWorkspace;
  let policyId = '';

  before(async () => {
    folder = temporaryFolder();
    const answers = {
      name: 'weather',
      team: 'weather',
      project: 'helloworld',
      authorName: 'Ana',
      authorEmail: 'a@b.c',
    };
    writeFiles(folder, planRepository('airflow', answers));
    mkdirSync(join(folder, '.git'));
    mkdirSync(join(folder, 'bin'));
    symlinkSync(hermesMain, join(folder, 'bin', 'hermes'));
    workspace = await openWorkspace();
    const definition = JSON.stringify(RULES);
    const { body } = await workspace.call('POST', `${POLICY}/create`, { name: 'weather', definition });
    policyId = String(body.policy_id);
    const variable = devVariable(policyId);
    writeFileSync(join(folder, 'variables', 'dev.json'), JSON.stringify({ hermes_weather: variable }));
  });
  after(closeWorkspaces);

  const run = (script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    new Promise<{ code: number; output: string }>((resolve) => {
      const path = `${join(folder, 'bin')}${delimiter}${process.env.PATH}`;
      const options = { cwd: folder, env: { ...process.env, ...env, PATH: path } };
      execFile(join(folder, 'build_tools', script), args, options, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), output: `${stdout}${stderr}` }),
      );
    });

  it('is left out, and said to be, where no workspace is set', async () => {
    const { code, output } = await run('policies.sh', ['dev'], { DATABRICKS_HOST: '' });
    assert.deepEqual([code, output], [0, 'No workspace is set for dev: its policy is not read.\n']);
    assert.equal((await run('test.sh', [])).code, 0);
  });

  it('needs credentials in one step only, and shows at the file what the policy refuses', async () => {
    const credentials = { DATABRICKS_HOST: workspace.url, DATABRICKS_TOKEN: workspace.token };
    assert.equal(
      (await run('policies.sh', ['dev'], credentials)).output,
      'Read the cluster policy of dev.\n',
    );
    const passing = await run('test.sh', []);
    assert.equal(passing.code, 0, passing.output);
    const definition = JSON.stringify({ ...RULES, 'custom_tags.team': { type: 'fixed', value: 'climate' } });
    await workspace.call('POST', `${POLICY}/edit`, { policy_id: policyId, name: 'weather', definition });
    await run('policies.sh', ['dev'], credentials);
    const refused = await run('policies.sh', ['dev'], { ...credentials, DATABRICKS_TOKEN: 'wrong' });
    assert.equal(refused.code, 3, 'and the policy of last time stays');
    const { code, output } = await run('test.sh', []);
    assert.match(
      output,
      /^dags\/helloworld\.dag\.yaml:\d+:\d+ {2}Task "means": custom_tags\.team = "weather" is refused: it is fixed to "climate", says policy weather\./m,
    );
    assert.equal(code, 2);
  });
});
