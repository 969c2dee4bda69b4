import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { airflowWheel } from '../../ci/airflow-wheel.ts';
import { airflowPython } from '../airflow-python.ts';
import { hermes } from '../hermes.ts';
import { pythonTools } from '../python-tools.ts';
import { temporaryFolder } from '../setup.ts';

const IMPORT = `
from importlib.metadata import requires, version
from hermes_airflow import HermesOperator
print(HermesOperator.__mro__[1].__name__, version("hermes-airflow"), requires("hermes-airflow"))
`;

describe('hermes airflow wheel', function () {
  this.timeout(300_000);

  it('writes a wheel that pip installs beside Airflow, and that imports there', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'dist'));
    const { stdout, stderr, exitCode } = await hermes(folder, [
      'airflow',
      'wheel',
      '--out',
      'dist',
      '--quiet',
    ]);
    const file = `./dist/${airflowWheel().fileName}`;
    assert.deepEqual([exitCode, stdout, stderr], [0, `${file}\n`, '']);
    assert.deepEqual(readFileSync(join(folder, file)), Buffer.from(airflowWheel().bytes));
    const target = temporaryFolder();
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-index', '--no-deps', '--target', target, file];
    const installed = spawnSync(join(pythonTools('test'), 'python'), pip, { cwd: folder, encoding: 'utf8' });
    assert.deepEqual([installed.status, installed.stderr], [0, '']);
    const { stdout: told, stderr: trouble } = spawnSync(await airflowPython(3), ['-c', IMPORT], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: target, AIRFLOW_HOME: temporaryFolder() },
    });
    assert.equal(
      told,
      "DatabricksSubmitRunOperator 1.0.0 ['apache-airflow>=2.10', 'apache-airflow-providers-databricks>=7']\n",
      trouble,
    );
  });

  it('says which folder it could not write to', async () => {
    const { stderr, exitCode } = await hermes(temporaryFolder(), ['airflow', 'wheel', '--out', 'nowhere']);
    assert.equal(
      stderr,
      'Cannot write hermes_airflow to nowhere: there is no such folder.\nName a folder that is there, and that you may write to.\n',
    );
    assert.equal(exitCode, 2);
  });
});
