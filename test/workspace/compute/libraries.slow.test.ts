import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { runtimeWheel } from '../../../ci/runtime-wheel.ts';
import { pythonTools } from '../../python-tools.ts';
import { temporaryFolder } from '../../setup.ts';
import { installerBelow, writeWheel } from '../../write-wheel.ts';
import { closeWorkspaces, openWorkspace } from '../workspace-harness.ts';

const script = 'import observations; print(observations.__file__, observations.NAME)';

describe('the libraries of a run', () => {
  after(closeWorkspaces);

  it('installs wheels once per content, also for runs at the same time, and remembers their hashes', async () => {
    const cacheFolder = temporaryFolder();
    const workspace = await openWorkspace({ cacheFolder });
    const wheel = await writeWheel('1.5.0+feature.x.h1234abcd', 'NAME = "from the wheel"\n');
    const task = { libraries: [{ whl: `file://${wheel.replaceAll('+', '%2B')}` }] };
    const ids = await Promise.all([1, 2, 3].map(() => workspace.submit(script, { task })));
    for (const id of ids) {
      const run = await workspace.runUntil(id);
      assert.equal(run.state.result_state, 'SUCCESS', run.state.state_message);
      assert.match(
        String((await workspace.output(run.tasks[0]?.run_id)).logs),
        /site-packages.*from the wheel/,
      );
    }
    assert.equal(readdirSync(cacheFolder).filter((name) => name.endsWith('.ready')).length, 1);
    assert.equal(readdirSync(cacheFolder).length, 2);
    const db = new DatabaseSync(join(workspace.folder, 'workspace.db'), { readOnly: true });
    const [row] = db.prepare('SELECT artifacts FROM task_runs').all();
    db.close();
    const kept = JSON.parse(String(row?.artifacts)) as { kind: string; sha256: string }[];
    assert.equal(
      kept.find((artifact) => artifact.kind === 'wheel')?.sha256,
      createHash('sha256').update(readFileSync(wheel)).digest('hex'),
    );
  });

  it('leaves a script the packages of the interpreter when Hermes brings the only wheel', async () => {
    const environment = temporaryFolder();
    execFileSync('python3', ['-m', 'venv', '--without-pip', environment]);
    const python = join(environment, 'bin', 'python');
    const [packages = ''] = execFileSync(python, ['-c', 'import site; print(site.getsitepackages()[0])'], {
      encoding: 'utf8',
    }).split('\n');
    writeFileSync(join(packages, 'brought.py'), 'NAME = "from the interpreter"\n');
    const whl = join(temporaryFolder(), runtimeWheel().fileName);
    writeFileSync(whl, runtimeWheel().bytes);
    const cacheFolder = temporaryFolder();
    const machine = { PATH: `${join(environment, 'bin')}:${process.env.PATH}` };
    const workspace = await openWorkspace({ cacheFolder, machine });
    const code = 'import brought, hermes_runtime as h; print(brought.NAME, h.table("a.b")); h.table("A")';
    const variables = { HERMES_ENVIRONMENT: 'dev', HERMES_READ_PREFIX: 'prod_', PYTHONPATH: '/elsewhere' };
    for (const _twice of [1, 2]) {
      const change = { task: { libraries: [{ whl }] }, cluster: { spark_env_vars: variables } };
      const run = await workspace.runUntil(await workspace.submit(code, change));
      const output = await workspace.output(run.tasks[0]?.run_id);
      assert.match(String(output.logs), /^from the interpreter prod_a\.b$/m);
      assert.match(String(output.error), /^ValueError: 'A' is no name of a table/);
    }
    assert.equal(readdirSync(cacheFolder).filter((name) => name.endsWith('.ready')).length, 1);
  });

  it('lets uv install them where it is on PATH and knows its index', async function () {
    this.timeout(300_000);
    const cacheFolder = temporaryFolder();
    const home = temporaryFolder();
    const path = `${pythonTools('test')}:${process.env.PATH}`;
    const machine = { PATH: path, HOME: home, UV_DEFAULT_INDEX: `file://${home}` };
    const workspace = await openWorkspace({ cacheFolder, machine });
    const whl = await writeWheel('1.5.0', 'NAME = "by uv"\n');
    const run = await workspace.runUntil(await workspace.submit(script, { task: { libraries: [{ whl }] } }));
    assert.equal(run.state.result_state, 'SUCCESS', run.state.state_message);
    assert.equal(installerBelow(cacheFolder), 'uv');
  });

  it('fails a run whose wheel cannot be installed with pip’s own words', async () => {
    const workspace = await openWorkspace();
    const broken = join(temporaryFolder(), 'broken-1.0-py3-none-any.whl');
    writeFileSync(broken, 'this is no zip file');
    const run = await workspace.runUntil(
      await workspace.submit(script, { task: { libraries: [{ whl: broken }] } }),
    );
    const [task] = run.tasks;
    assert.equal(task?.state.life_cycle_state, 'INTERNAL_ERROR');
    assert.equal(task?.status.termination_details?.code, 'LIBRARY_INSTALLATION_ERROR');
    assert.equal(task?.status.termination_details?.type, 'CLIENT_ERROR');
    assert.match(
      String(task?.state.state_message),
      /^Library installation failed for library due to user error for whl: ".*broken-1\.0-py3-none-any\.whl" Error messages: Library installation attempted on the driver node of cluster \d{4}-\d{6}-\w{8} and failed\. [\s\S]*broken-1\.0-py3-none-any\.whl[\s\S]* Error Code: DRIVER_LIBRARY_INSTALLATION_FAILURE$/,
    );
  });

  it('says so when the wheel is not there', async () => {
    const workspace = await openWorkspace();
    const task = { libraries: [{ whl: 'file:///nowhere/x-1.0-py3-none-any.whl' }] };
    const run = await workspace.runUntil(await workspace.submit(script, { task }));
    const message = String(run.tasks[0]?.state.state_message);
    assert.match(message, /and failed\. The library file does not exist\. Error Code:/);
  });

  it('says what to install when there is no Python', async () => {
    const workspace = await openWorkspace({ machine: { PATH: temporaryFolder() } });
    const run = await workspace.runUntil(await workspace.submit(script));
    const cluster = run.tasks[0]?.cluster_instance?.cluster_id;
    assert.equal(run.tasks[0]?.status.termination_details?.code, 'CLUSTER_ERROR');
    assert.equal(
      run.tasks[0]?.state.state_message,
      `Cluster ${cluster} could not start: Cannot find Python: there is no python3 or python in PATH. Install it: apt install python3 python3-pip python3-venv (Debian, Ubuntu), brew install python (macOS).`,
    );
  });
});

/** A real wheel of one module. */
