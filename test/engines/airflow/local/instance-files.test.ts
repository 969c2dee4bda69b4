import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import { processIdentity } from '../../../../src/core/process-group.ts';
import { airflowStatus } from '../../../../src/engines/airflow/local/airflow-status.ts';
import { choosePort } from '../../../../src/engines/airflow/local/choose-port.ts';
import { databaseOf, instanceSecrets } from '../../../../src/engines/airflow/local/instance-secrets.ts';
import {
  isAlive,
  readInstance,
  writeInstance,
} from '../../../../src/engines/airflow/local/instance-state.ts';
import { stopAirflow } from '../../../../src/engines/airflow/local/stop-airflow.ts';
import { temporaryFolder } from '../../../setup.ts';

const { signal } = new AbortController();
const own = {
  pid: process.pid,
  identity: processIdentity(process.pid) ?? '',
  startedAt: '2026-11-21T06:00:00Z',
};
const state = { format: 1, version: '3.3.2', port: 1, settings: 's', migrated: 'm' } as const;

describe('what an Airflow of this machine keeps in its folder', () => {
  it('its secrets: random, the same at every start, and for its user alone', () => {
    const folder = temporaryFolder();
    const secrets = instanceSecrets(folder);
    assert.deepEqual(instanceSecrets(folder), secrets);
    assert.equal(statSync(join(folder, 'secrets.json')).mode & 0o777, 0o600);
    assert.match(secrets.fernetKey, /^[\w-]{43}=$/);
    assert.equal(
      new Set([...Object.values(secrets), ...Object.values(instanceSecrets(temporaryFolder()))]).size,
      6,
    );
  });

  it('its database, until another one is named', () => {
    const folder = temporaryFolder();
    const { fernetKey } = instanceSecrets(folder, 'postgresql://a:b@h/d');
    assert.equal(instanceSecrets(folder).database, 'postgresql://a:b@h/d');
    assert.equal(databaseOf(folder), 'postgresql://a:b@h/d');
    assert.deepEqual(Object.keys(instanceSecrets(folder, 'sqlite')), [
      'fernetKey',
      'jwtSecret',
      'apiSecretKey',
    ]);
    assert.equal(instanceSecrets(folder).fernetKey, fernetKey);
    assert.equal(databaseOf(folder), undefined);
  });

  it('its processes, told from others that have their numbers', () => {
    const folder = temporaryFolder();
    writeInstance(folder, { ...state, processes: [{ name: 'scheduler', ...own }] });
    const [process] = readInstance(folder)?.processes ?? [];
    assert.ok(process !== undefined && isAlive(process));
    assert.equal(isAlive({ ...process, identity: 'another-boot/1' }), false);
    assert.equal(statSync(join(folder, 'instance.json')).mode & 0o777, 0o600);
  });

  it('shows which process died', async () => {
    const folder = temporaryFolder();
    writeInstance(folder, {
      ...state,
      processes: [
        { name: 'scheduler', ...own },
        { name: 'triggerer', ...own, identity: 'another-boot/1' },
      ],
    });
    const status = await airflowStatus(folder, signal);
    assert.deepEqual(
      status?.processes.map(({ name, state: how }) => [name, how]),
      [
        ['api-server', 'stopped'],
        ['scheduler', 'running'],
        ['dag-processor', 'stopped'],
        ['triggerer', 'died'],
      ],
    );
    assert.equal(status?.health, undefined);
  });

  it('shows a scheduler that has lost a worker, which may have taken the lock of its queue with it', async () => {
    const folder = temporaryFolder();
    const gone = { ...own, identity: 'another-boot/1' };
    const scheduler = { name: 'scheduler', ...own } as const;
    const stateWith = async (workers: readonly (typeof own)[]) => {
      writeInstance(folder, { ...state, processes: [{ ...scheduler, workers: [...workers] }] });
      return (await airflowStatus(folder, signal))?.processes[1]?.state;
    };
    assert.equal(await stateWith([own, own]), 'running');
    assert.equal(await stateWith([own, gone]), 'crippled');
  });

  it('is nothing where none was started, or what it wrote cannot be read', async () => {
    const folder = temporaryFolder();
    assert.equal(await airflowStatus(folder, signal), undefined);
    assert.equal(await stopAirflow(join(folder, 'none'), { clock: systemClock, signal }), false);
    assert.equal(existsSync(join(folder, 'none')), false);
    writeFileSync(join(folder, 'instance.json'), '{"format":2}');
    assert.equal(readInstance(folder), undefined);
  });

  it('does not end a process that only has the number of one of ours', async () => {
    const folder = temporaryFolder();
    const stranger = { name: 'scheduler', ...own, identity: 'another-boot/1' } as const;
    writeInstance(folder, { ...state, processes: [stranger] });
    assert.equal(await stopAirflow(folder, { clock: systemClock, signal }), false);
    assert.deepEqual(readInstance(folder)?.processes, []);
    assert.match(readFileSync(join(folder, 'instance.json'), 'utf8'), /"port": 1/);
  });
});

describe('the port of an Airflow', () => {
  it('stays that of last time while it is free, and is another one otherwise', async () => {
    const server = createServer();
    const busy = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
    try {
      assert.notEqual(await choosePort(undefined, busy), busy);
      await assert.rejects(choosePort(busy, undefined), {
        message: `Cannot start Airflow [port=${busy}]: the port is in use by another program.`,
      });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    assert.equal(await choosePort(undefined, busy), busy);
    assert.equal(await choosePort(busy, undefined), busy);
  });
});
