import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { folderStore } from '../../../src/artifacts/folder-store.ts';
import { checkStore } from '../../../src/cli/doctor/store-checks.ts';
import type { Environment } from '../../../src/config/environment.ts';
import { publishFixture } from '../../artifacts/published.ts';
import { release } from '../../artifacts/released.ts';
import { temporaryFolder } from '../../setup.ts';

const { signal } = new AbortController();

describe('the artifact store of an environment', () => {
  let folder = '';
  let artifacts = '';
  const check = () => {
    const facts = { name: 'dev', team: 'weather', embedded: true, artifacts };
    return checkStore(facts as Environment, signal);
  };
  beforeEach(() => {
    folder = temporaryFolder();
    artifacts = pathToFileURL(folder).href;
  });

  it('is well when it is empty, and when each latest leads to a version', async () => {
    const empty = {
      name: 'environment dev',
      state: 'ok',
      detail: `embedded, 0 files of weather in ${artifacts}`,
    };
    assert.deepEqual(await check(), [empty]);
    await release(folderStore(folder), '1.4.0');
    await release(folderStore(folder), '1.5.0');
    await publishFixture(folderStore(folder), { version: '1.6.0', branch: 'feature/x' });
    assert.deepEqual((await check())[1], { name: 'dev latest', state: 'ok', detail: 'observations 1.5.0' });
  });

  it('is not well when a latest is no pointer, or its version is gone', async () => {
    await release(folderStore(folder), '1.5.0');
    rmSync(join(folder, 'weather', 'observations', '1.5.0', 'manifest.json'));
    const [, gone] = await check();
    assert.equal(gone?.state, 'failed');
    assert.match(gone?.detail ?? '', /^observations: .*1\.5\.0/);
    writeFileSync(join(folder, 'weather', 'observations', 'latest.json'), '{}');
    const [, broken] = await check();
    assert.deepEqual(broken, {
      name: 'dev latest',
      state: 'failed',
      detail: 'observations: latest.json is not what Hermes wrote',
      cure: 'See all of it: hermes artifacts verify observations --env dev. Then move latest to a version that is whole: hermes artifacts rollback observations --env dev',
    });
  });
});
