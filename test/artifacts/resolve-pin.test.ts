import assert from 'node:assert/strict';
import { branchWish } from '../../src/artifacts/find-version.ts';
import { resolvePin } from '../../src/artifacts/resolve-pin.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import type { ArtifactRequest } from '../../src/core/artifact-request.ts';
import { memoryStore } from '../fakes/memory-store.ts';
import { commit, publishFixture, team } from './published.ts';

const request = (more: Partial<ArtifactRequest> = {}): ArtifactRequest => ({
  team,
  project: 'observations',
  script: 'observations',
  scriptVersion: 'latest',
  ...more,
});
const dev = { production: false };

describe('resolving a pin', () => {
  let store: ArtifactStore;
  let feature: string;

  before(async () => {
    store = memoryStore();
    await publishFixture(store, { version: '1.4.0', scripts: ['observations', 'sea_ice'], pointer: false });
    await publishFixture(store, { version: '1.5.0', scripts: ['observations', 'sea_ice'] });
    await publishFixture(store, { version: '1.2', pointer: false, wheel: false });
    await publishFixture(store, { version: '0.1.0', project: 'helloworld' });
    await publishFixture(store, { version: '0.1.0', project: 'fresh', branch: 'first-try' });
    feature = await publishFixture(store, { version: '1.5.0', branch: 'feature/new-column' });
  });

  it('follows latest to immutable URLs with their hashes', async () => {
    const pin = await resolvePin(store, request(), dev);
    const { scriptSha256, wheelSha256, ...rest } = pin;
    assert.deepEqual(rest, {
      team,
      project: 'observations',
      script: 'observations',
      version: '1.5.0',
      commit,
      via: 'latest',
      scriptUrl: 's3://fake/weather/observations/1.5.0/observations-1.5.0.py',
      wheelUrl: 's3://fake/weather/observations/1.5.0/observations-1.5.0-py3-none-any.whl',
      wheelVersion: '1.5.0',
    });
    assert.match(`${scriptSha256} ${wheelSha256}`, /^[0-9a-f]{64} [0-9a-f]{64}$/);
  });

  it('names the hermes_runtime that was published with the version of the script', async () => {
    const other = memoryStore();
    await publishFixture(other, { version: '1.0.0' });
    await publishFixture(other, { version: '1.1.0', runtime: '1.0.0' });
    const pin = await resolvePin(other, request({ libraryVersion: '1.0.0' }), dev);
    assert.equal(
      pin.runtimeUrl,
      's3://fake/weather/observations/1.1.0/hermes_runtime-1.0.0-py3-none-any.whl',
    );
    assert.match(String(pin.runtimeSha256), /^[0-9a-f]{64}$/);
    assert.equal(pin.wheelVersion, '1.0.0');
    const old = await resolvePin(other, request({ scriptVersion: '1.0.0' }), dev);
    assert.equal('runtimeUrl' in old, false);
  });

  it('takes a version in any of its spellings', async () => {
    for (const scriptVersion of ['1.4.0', 'v1.4', '1.4.0.0']) {
      const pin = await resolvePin(store, request({ scriptVersion }), dev);
      assert.deepEqual([pin.version, pin.via], ['1.4.0', 'version']);
    }
    assert.equal((await resolvePin(store, request({ scriptVersion: '1.2.0' }), dev)).version, '1.2');
  });

  it('takes a branch, and the version of a branch build', async () => {
    for (const [scriptVersion, via] of [
      ['feature/new-column', 'branch'],
      ['refs/heads/feature/new-column', 'branch'],
      [feature, 'version'],
    ]) {
      const pin = await resolvePin(store, request({ scriptVersion: scriptVersion ?? '' }), dev);
      assert.deepEqual([pin.version, pin.via], [feature, via]);
    }
  });

  it('reads a branch as one when it is written so, also when it is called latest or like a version', async () => {
    const built = memoryStore();
    await publishFixture(built, { version: '1.5.0' });
    for (const branch of ['latest', '1.5.0', 'feature/x']) {
      const version = await publishFixture(built, { version: '1.5.0', branch });
      const pin = await resolvePin(built, request({ scriptVersion: branchWish(branch) }), dev);
      assert.deepEqual([pin.version, pin.via], [version, 'branch']);
    }
    assert.equal(branchWish('feature/x'), 'feature/x');
  });

  it('finds a script whose name has dashes where the module has underscores', async () => {
    assert.equal((await resolvePin(store, request({ script: 'sea-ice' }), dev)).script, 'sea_ice');
  });

  it('takes no wheel when none is wanted or none was published', async () => {
    const none = await resolvePin(store, request({ libraryVersion: 'none' }), dev);
    const scriptOnly = await resolvePin(store, request({ scriptVersion: '1.2' }), dev);
    assert.deepEqual([none.wheelUrl, scriptOnly.wheelUrl], [undefined, undefined]);
  });

  it('takes the wheel of another version when that is named', async () => {
    const pin = await resolvePin(store, request({ libraryVersion: '1.4.0' }), dev);
    assert.deepEqual([pin.version, pin.wheelVersion], ['1.5.0', '1.4.0']);
  });

  it('refuses builds of a branch in production', async () => {
    for (const scriptVersion of ['feature/new-column', feature]) {
      await assert.rejects(resolvePin(store, request({ scriptVersion }), { production: true }), {
        message: `Cannot run observations ${scriptVersion} in production: builds of a branch exist in development only.`,
        nextStep: 'Merge the branch, then use `latest` or the version that the merge publishes.',
        exitCode: 2,
      });
    }
    await assert.rejects(
      resolvePin(store, request({ libraryVersion: 'feature/new-column' }), { production: true }),
      { code: 'HERMES_FEATURE_IN_PRODUCTION' },
    );
  });

  const failures: [string, Partial<ArtifactRequest>, string, string | undefined][] = [
    [
      'an unknown project',
      { project: 'observation' },
      'Cannot find project observation of team weather [store=s3://fake]: there are published projects fresh, helloworld, observations.',
      'Did you mean observations?',
    ],
    [
      'an unknown team',
      { team: 'wether' },
      'Cannot find project observations of team wether [store=s3://fake]: there are no published projects.',
      'Push a branch of its repository: CI publishes a build of it.',
    ],
    [
      'an unknown version',
      { scriptVersion: '1.5.1' },
      'Cannot find version 1.5.1 of observations [store=s3://fake]: there are versions 1.5.0, 1.4.0, 1.2; branches with a build feature/new-column.',
      'Did you mean 1.5.0?',
    ],
    [
      'an unknown branch',
      { scriptVersion: 'feature/new-colum' },
      'Cannot find a build of branch feature/new-colum of observations [store=s3://fake]: there are versions 1.5.0, 1.4.0, 1.2; branches with a build feature/new-column.',
      'Did you mean feature/new-column?',
    ],
    [
      'a project without a release',
      { project: 'fresh' },
      'Cannot resolve latest of fresh [store=s3://fake]: no version of it is released. There are no versions; branches with a build first-try.',
      'A merge to the default branch releases one; until then name a branch.',
    ],
    [
      'an unknown script',
      { script: 'observation' },
      'Cannot find script observation in observations 1.5.0: there are scripts observations, sea_ice.',
      'Did you mean observations?',
    ],
    [
      'a library version without a wheel',
      { libraryVersion: '1.2' },
      'Cannot use library observations 1.2: it was published without a wheel.',
      'Name another library_version, or `none`.',
    ],
  ];
  for (const [what, more, message, nextStep] of failures) {
    it(`says what there is instead of ${what}`, async () => {
      await assert.rejects(resolvePin(store, request(more), dev), { message, nextStep, exitCode: 2 });
    });
  }

  it('refuses a manifest that is not the one that was published', async () => {
    const changed = memoryStore();
    await publishFixture(changed, { version: '1.0.0' });
    const key = 'weather/observations/1.0.0/manifest.json';
    const found = await changed.read(key);
    const forged = Buffer.from(
      Buffer.from(found?.bytes ?? [])
        .toString()
        .replace('3f1c2aa', '0000000'),
    );
    await changed.replace(key, forged, found?.etag);
    await assert.rejects(resolvePin(changed, request(), dev), (error: Error) => {
      assert.match(
        error.message,
        /^Cannot use observations 1\.0\.0 \[.*\]: its manifest is not the one that was published\.$/,
      );
      return true;
    });
  });

  it('refuses a pointer to a manifest that is gone', async () => {
    const changed = memoryStore();
    await publishFixture(changed, { version: '1.0.0' });
    await changed.remove('weather/observations/1.0.0/manifest.json');
    await assert.rejects(resolvePin(changed, request(), dev), {
      code: 'HERMES_MANIFEST_MISMATCH',
      exitCode: 4,
    });
  });
});
