import assert from 'node:assert/strict';
import { closeWorkspaces, openWorkspace, submitBody, type TestWorkspace } from '../workspace-harness.ts';

describe('a run whose code and secrets the workspace keeps', () => {
  let workspace: TestWorkspace;
  let ann: string;
  before(async () => {
    workspace = await openWorkspace();
    ann = workspace.user('ann@example.com', 'weather', 'admins');
    workspace.user('bob@example.com', 'other');
    const scope = { scope: 'weather' };
    await workspace.call('POST', '/api/2.0/secrets/scopes/create', scope, ann);
    await workspace.call(
      'POST',
      '/api/2.0/secrets/put',
      { ...scope, key: 'api', string_value: 'hunter2' },
      ann,
    );
    const volume = { catalog_name: 'main', schema_name: 'default', name: 'code', volume_type: 'MANAGED' };
    await workspace.call('POST', '/api/2.1/unity-catalog/volumes', volume, ann);
  });
  after(closeWorkspaces);

  const run = async (file: string, token = ann, cluster = {}) => {
    const body = submitBody(file, { cluster });
    const { body: submitted } = await workspace.call('POST', '/api/2.2/jobs/runs/submit', body, token);
    const ended = await workspace.runUntil(submitted.run_id as number);
    return { ended, logs: String((await workspace.output(ended.tasks[0]?.run_id)).logs).trim() };
  };

  it('reads a script from DBFS and from a volume', async () => {
    const contents = Buffer.from('print("from DBFS")').toString('base64');
    await workspace.call('POST', '/api/2.0/dbfs/put', { path: '/jobs/a.py', contents }, ann);
    assert.equal((await run('dbfs:/jobs/a.py')).logs, 'from DBFS');
    await fetch(`${workspace.url}/api/2.0/fs/files/Volumes/main/default/code/b.py`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${ann}` },
      body: 'print("from a volume")',
    });
    assert.equal((await run('/Volumes/main/default/code/b.py')).logs, 'from a volume');
    const missing = await run('/Volumes/main/default/code/none.py');
    assert.match(missing.ended.state.state_message, /Cannot read the python file .*none\.py: No such file/);
  });

  it('gets the value of a secret in a variable, while everything that is shown has its name only', async () => {
    const code = 'import os; print(len(os.environ["KEY"]), os.environ["URL"][:8])';
    const contents = Buffer.from(code).toString('base64');
    await workspace.call('POST', '/api/2.0/dbfs/put', { path: '/jobs/c.py', contents }, ann);
    const secret = '{{secrets/weather/api}}';
    const { ended, logs } = await run('dbfs:/jobs/c.py', ann, {
      spark_env_vars: { KEY: secret, URL: `https://ann:${secret}@example.com` },
    });
    assert.equal(logs, '7 https://');
    const cluster = ended.tasks[0]?.cluster_instance?.cluster_id;
    for (const path of [
      `/api/2.2/jobs/runs/get?run_id=${ended.run_id}`,
      `/api/2.1/clusters/get?cluster_id=${cluster}`,
    ]) {
      const answer = await fetch(`${workspace.url}${path}`, { headers: { authorization: `Bearer ${ann}` } });
      assert.ok(!(await answer.text()).includes('hunter2'), path);
    }
  });
});
