import assert from 'node:assert/strict';
import { folderStore } from '../../../src/artifacts/folder-store.ts';
import { artifactCatalog } from '../../../src/cli/artifacts/artifact-catalog.ts';
import { resolveHome } from '../../../src/config/home.ts';
import { publishFixture, team } from '../../artifacts/published.ts';
import { temporaryFolder } from '../../setup.ts';

const { signal } = new AbortController();

describe('the artifacts of a home, for the pages of its workspace', () => {
  it('gathers the environments of this machine: what is published where, and what is latest', async () => {
    const home = resolveHome('/', { HERMES_HOME: temporaryFolder() });
    const catalog = artifactCatalog(home);
    assert.deepEqual(await catalog.teams(signal), []);
    const [dev, prod] = ['dev', 'prod'].map((name) => folderStore(home.artifacts(name)));
    assert.ok(dev !== undefined && prod !== undefined);
    await publishFixture(dev, { version: '1.0.0' });
    await publishFixture(dev, { version: '1.1.0' });
    await publishFixture(dev, { version: '1.1.0', branch: 'b', commit: '1'.repeat(40) });
    await publishFixture(prod, { version: '1.0.0' });

    assert.deepEqual(await catalog.teams(signal), [team]);
    const [summary] = await catalog.projects(team, signal);
    assert.deepEqual(summary?.environments, [
      { environment: 'dev', releases: 2, branches: 1, latest: '1.1.0' },
      { environment: 'prod', releases: 1, branches: 0, latest: '1.0.0' },
    ]);
    const record = await catalog.project(team, 'observations', signal);
    assert.deepEqual(
      record?.environments.map(({ environment, versions, history }) => [
        environment,
        versions.map((version) => version.version.replace(/\+.*/, '+…')),
        history.map((entry) => entry.version),
      ]),
      [
        ['dev', ['1.1.0', '1.0.0', '1.1.0+…'], ['1.1.0']],
        ['prod', ['1.0.0'], ['1.0.0']],
      ],
    );
  });

  it('looks nowhere else for names that lead elsewhere', async () => {
    const catalog = artifactCatalog(resolveHome('/', { HERMES_HOME: temporaryFolder() }));
    for (const name of ['..', '.', '', 'a/b', '../x', '\0']) {
      assert.deepEqual(await catalog.projects(name, signal), []);
      assert.equal(await catalog.project(name, 'x', signal), undefined);
      assert.equal(await catalog.project(team, name, signal), undefined);
    }
  });
});
