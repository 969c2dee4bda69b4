import assert from 'node:assert/strict';
import type { BuiltFile } from '../../ci/build.ts';
import { isSameBuild } from '../../ci/compare-builds.ts';
import { manifestOf, type PublishedState, planPublish } from '../../ci/plan-publish.ts';
import { sha256Hex } from '../../src/core/sha256.ts';
import { makeBuild } from './a-build.ts';

const nothing: PublishedState = { store: 's3://fake', manifest: undefined, contentHashes: new Map() };

describe('planning a publish', () => {
  it('uploads the files first and the manifest last', () => {
    const build = makeBuild();
    const plan = planPublish(build, nothing);
    assert.deepEqual(
      plan.uploads.map((upload) => upload.key),
      [
        'weather/observations/1.5.0/observations-1.5.0.py',
        'weather/observations/1.5.0/observations-1.5.0-py3-none-any.whl',
      ],
    );
    assert.equal(plan.manifest?.key, 'weather/observations/1.5.0/manifest.json');
    assert.deepEqual(plan.manifest?.value, manifestOf(build));
    assert.deepEqual(plan.skipped, []);
  });

  it('uploads nothing when the same bytes are published, whatever commit they came from', () => {
    const manifest = manifestOf(makeBuild({ commit: '8be21c0'.padEnd(40, '0'), tree: 'other' }));
    const plan = planPublish(makeBuild(), { ...nothing, manifest });
    assert.deepEqual([plan.uploads, plan.manifest], [[], undefined]);
    assert.deepEqual(plan.skipped, [
      { what: '1.5.0', reason: 'published already, from 8be21c0, with the same content' },
    ]);
  });

  it('uploads nothing when a wheel of other bytes installs the same', () => {
    const build = makeBuild();
    const manifest = manifestOf(makeBuild({ wheel: 'built by another zlib' }));
    const wheel = manifest.files.find((file) => file.kind === 'wheel');
    const contentHashes = new Map([[wheel?.sha256 ?? '', build.files[1]?.contentHash ?? '']]);
    assert.deepEqual(planPublish(build, { ...nothing, manifest, contentHashes }).uploads, []);
  });

  it('settles the published spelling when 1.5 and 1.5.0 are one', () => {
    const manifest = { ...manifestOf(makeBuild()), version: '1.5' };
    assert.equal(planPublish(makeBuild(), { ...nothing, manifest }).version.version, '1.5');
  });

  it('refuses other bytes under a published version and names both commits', () => {
    const manifest = manifestOf(makeBuild({ commit: '8be21c0'.padEnd(40, '0'), script: 'print(2)' }));
    assert.throws(() => planPublish(makeBuild(), { ...nothing, manifest }), {
      message:
        'Cannot publish observations 1.5.0 [store=s3://fake, key=weather/observations/1.5.0, commit=3f1c2aa]: that version exists with other content (built from 8be21c0).',
      nextStep: 'Raise `version` in observations/pyproject.toml:3.',
      code: 'HERMES_VERSION_TAKEN',
      exitCode: 2,
    });
  });

  it('uploads nothing because of another hermes_runtime, or one more or less: it is no part of the project', () => {
    const runtime = (text: string): BuiltFile => {
      const hash = sha256Hex(Buffer.from(text));
      return {
        fileName: 'r.whl',
        kind: 'runtime',
        bytes: Buffer.from(text),
        sha256: hash,
        contentHash: hash,
      };
    };
    const build = (...more: readonly BuiltFile[]) => ({
      ...makeBuild(),
      files: [...makeBuild().files, ...more],
    });
    const builds = [build(), build(runtime('of 1.0.0')), build(runtime('of 1.1.0'))];
    for (const one of builds) {
      for (const other of builds) {
        assert.deepEqual(planPublish(one, { ...nothing, manifest: manifestOf(other) }).uploads, []);
        assert.equal(isSameBuild(one, other), true);
      }
    }
    assert.equal(planPublish(build(runtime('of 1.0.0')), nothing).uploads.length, 3);
  });

  it('refuses a script more or less under a published version', () => {
    const manifest = manifestOf(makeBuild());
    const [first] = manifest.files;
    assert.throws(
      () => planPublish(makeBuild(), { ...nothing, manifest: { ...manifest, files: first ? [first] : [] } }),
      {
        code: 'HERMES_VERSION_TAKEN',
      },
    );
  });
});
