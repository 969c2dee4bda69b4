import assert from 'node:assert/strict';
import { listProjects, listTeam, listVersions } from '../../src/artifacts/catalog.ts';
import { memoryStore } from '../fakes/memory-store.ts';
import { publishFixture, team } from './published.ts';

describe('the catalog of a store', () => {
  it('lists releases from the highest down, then branches, with the marks of the pointers', async () => {
    const store = memoryStore();
    await publishFixture(store, { version: '1.9.0' });
    await publishFixture(store, { version: '1.10.0' });
    await publishFixture(store, { version: '1.11.0rc1', pointer: false });
    await publishFixture(store, { version: '1.10.0', branch: 'b', commit: '1'.repeat(40) });
    await publishFixture(store, { version: '1.10.0', branch: 'b', commit: '2'.repeat(40) });
    const listed = await listVersions(store, team, 'observations');
    assert.deepEqual(
      listed.map(({ manifest, branch, isLatest, isBranchHead }) => [
        manifest.version.replace(/\+.*\./, '+…'),
        branch,
        isLatest,
        isBranchHead,
      ]),
      [
        ['1.11.0rc1', undefined, false, false],
        ['1.10.0', undefined, true, false],
        ['1.9.0', undefined, false, false],
        ['1.10.0+…g22222222', 'b', false, true],
        ['1.10.0+…g11111111', 'b', false, false],
      ],
    );
    assert.equal(
      listed[1]?.bytes,
      listed[1]?.manifest.files.reduce((sum, file) => sum + file.bytes, 0),
    );
  });

  it('takes what has no manifest for not there', async () => {
    const store = memoryStore();
    await store.create('weather/observations/1.0.0/observations-1.0.0.py', Buffer.from('half published'));
    assert.deepEqual(await listProjects(store, team), []);
    assert.deepEqual(await listVersions(store, team, 'observations'), []);
  });

  it('keeps teams and projects apart whose names begin alike', async () => {
    const store = memoryStore();
    await publishFixture(store, { version: '1.0.0', project: 'sea' });
    await publishFixture(store, { version: '1.0.0', project: 'sea-ice', branch: 'x' });
    assert.deepEqual(await listProjects(store, team), ['sea', 'sea-ice']);
    assert.deepEqual(await listProjects(store, 'wea'), []);
    assert.equal((await listVersions(store, team, 'sea')).length, 1);
    assert.deepEqual(
      [...(await listTeam(store, team))].map(([project, versions]) => [project, versions[0]?.branch]),
      [
        ['sea', undefined],
        ['sea-ice', 'x'],
      ],
    );
  });
});
