import assert from 'node:assert/strict';
import { join } from 'node:path';
import { packageRoot } from '../../../../src/core/package-root.ts';
import { airflowSettings } from '../../../../src/engines/airflow/local/airflow-settings.ts';

const secrets = { fernetKey: 'f', jwtSecret: 'j', apiSecretKey: 'a' };
const server = { port: 8081, secrets, title: 'Hermes dev' };

describe('the settings of the Airflow of this machine', () => {
  it('keep what the shell says of another Airflow, or another Python, away', () => {
    const settings = airflowSettings({
      folder: '/home/ana/x',
      env: {
        PATH: '/bin',
        AIRFLOW_HOME: '/elsewhere',
        AIRFLOW__CORE__FERNET_KEY: 'theirs',
        _AIRFLOW_DB_MIGRATE: '1',
        AIRFLOW_CONN_DATABRICKS_DEFAULT: 'x',
        PYTHONPATH: '/theirs',
        VIRTUAL_ENV: '/theirs',
        AWS_PROFILE: 'dev',
      },
      server,
      bin: '/venv/bin',
    });
    assert.equal(settings.AIRFLOW_HOME, '/home/ana/x');
    assert.equal(settings.AIRFLOW__CORE__FERNET_KEY, 'f');
    assert.equal(settings.PATH, '/venv/bin:/bin');
    assert.equal(settings.AWS_PROFILE, 'dev');
    assert.equal(settings.PYTHONPATH, join(packageRoot, 'operators', 'python'));
    for (const name of ['VIRTUAL_ENV', '_AIRFLOW_DB_MIGRATE', 'AIRFLOW_CONN_DATABRICKS_DEFAULT'])
      assert.equal(settings[name], undefined);
  });

  it('keep everything on this machine, past a proxy', () => {
    const settings = airflowSettings({
      folder: '/x',
      env: { NO_PROXY: 'acme.example', https_proxy: 'p' },
      server,
    });
    assert.equal(settings.AIRFLOW__API__HOST, '127.0.0.1');
    assert.equal(settings.AIRFLOW__CORE__EXECUTION_API_SERVER_URL, 'http://127.0.0.1:8081/execution/');
    assert.equal(settings.AIRFLOW__USAGE_DATA_COLLECTION__ENABLED, 'False');
    assert.equal(settings.NO_PROXY, 'acme.example,127.0.0.1,localhost');
    assert.equal(settings.no_proxy, settings.NO_PROXY);
  });

  it('name PostgreSQL as SQLAlchemy does, and SQLite not at all', () => {
    const name = 'AIRFLOW__DATABASE__SQL_ALCHEMY_CONN';
    assert.equal(airflowSettings({ folder: '/x', env: {}, server })[name], undefined);
    for (const database of ['postgres://a@h/d', 'postgresql://a@h/d']) {
      const settings = airflowSettings({
        folder: '/x',
        env: {},
        server: { ...server, secrets: { ...secrets, database } },
      });
      assert.equal(settings[name], 'postgresql+psycopg2://a@h/d');
    }
  });

  it('give way to those that are named', () => {
    const more = { AIRFLOW__CORE__PARALLELISM: '1' };
    assert.equal(airflowSettings({ folder: '/x', env: {}, more }).AIRFLOW__CORE__PARALLELISM, '1');
  });
});
