import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../src/core/clock.ts';
import { packageRoot } from '../src/core/package-root.ts';
import { sessionMembers } from '../src/engines/airflow/local/process-session.ts';
import { temporaryFolder } from './setup.ts';

/** A run of tests that has an Airflow, as far as the guard can tell. */
const TESTS = `
import { spawn } from 'node:child_process';
import { processIdentity } from ${JSON.stringify(join(packageRoot, 'src/core/process-group.ts'))};
import { writeInstance } from ${JSON.stringify(join(packageRoot, 'src/engines/airflow/local/instance-state.ts'))};
import { guardAirflow } from ${JSON.stringify(join(packageRoot, 'test/airflow-guard.ts'))};

const folder = process.argv[1];
await guardAirflow(folder);
const { pid } = spawn('bash', ['-c', 'sleep 300 & wait'], { detached: true, stdio: 'ignore' });
const scheduler = { name: 'scheduler', pid, identity: processIdentity(pid), startedAt: '' };
const state = { format: 1, version: '3', port: 1, settings: '', migrated: '', processes: [scheduler] };
writeInstance(folder + '/dev', state);
setTimeout(() => process.stdout.write(JSON.stringify(scheduler)), 300);
setInterval(() => {}, 1000);
`;

describe('the guard of an Airflow for tests', function () {
  this.timeout(30_000);

  for (const isKept of [true, false])
    it(`ends it when the tests are killed${isKept ? '' : ', also when its folder is gone before it'}`, async () => {
      const folder = temporaryFolder();
      const tests = spawn(process.execPath, ['--input-type=module-typescript', '--eval', TESTS, folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [text] = (await once(tests.stdout, 'data')) as [Buffer];
      const leader = JSON.parse(String(text));
      assert.ok(sessionMembers(leader).length > 0);
      if (!isKept) rmSync(folder, { recursive: true });
      tests.kill('SIGKILL');
      while (sessionMembers(leader).length > 0) await systemClock.sleep(50);
    });
});
