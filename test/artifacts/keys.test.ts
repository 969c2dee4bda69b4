import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  branchOfVersion,
  branchSlug,
  featureVersion,
  manifestKey,
  parseManifestKey,
  pointerKey,
  scriptKey,
} from '../../src/artifacts/keys.ts';
import { normaliseVersion } from '../../src/core/pep440.ts';

const commit = '00123456789abcdef';
const branchNames = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.stringMatching(/^[A-Za-z0-9._/@-]{1,80}$/),
);

describe('the slug of a branch', () => {
  it('is readable and ends in a hash of the full ref', () => {
    assert.equal(branchSlug('refs/heads/feature/ABC-12_new.thing@x'), 'feature.abc.12.new.thing.x.h478fbd0a');
  });

  it('tells branches apart that look alike', () => {
    const names = ['feature/a-b', 'feature/a_b', 'feature/A-b', 'feature/a.b', 'feature/a--b'];
    const slugs = names.map((name) => branchSlug(`refs/heads/${name}`));
    assert.equal(new Set(slugs).size, names.length);
    assert.equal(new Set(slugs.map((slug) => slug.replace(/h[0-9a-f]{8}$/, ''))).size, 1);
  });

  it('tells a tag from a branch of its name', () => {
    assert.notEqual(branchSlug('refs/heads/x'), branchSlug('refs/tags/x'));
  });

  it('is the hash alone where nothing readable is left', () => {
    assert.match(branchSlug('refs/heads/é'), /^h[0-9a-f]{8}$/);
  });

  it('takes the zeros off numbers, as PEP 440 would, also where the cut makes a number', () => {
    assert.match(branchSlug('refs/heads/0012/a'), /^12\.a\.h/);
    assert.match(branchSlug(`refs/heads/${'a'.repeat(27)}/007b`), /^a{27}\.0*\.?h|^a{27}\.\d+\.h/);
  });

  it('gives a legal version, a safe key and 40 characters at most, whatever the branch is called', () => {
    fc.assert(
      fc.property(branchNames, (name) => {
        const slug = branchSlug(`refs/heads/${name}`);
        assert.match(slug, /^([a-z0-9]+\.)*h[0-9a-f]{8}$/);
        assert.ok(slug.length <= 40);
        const version = featureVersion('1.5.0', slug, commit);
        assert.equal(normaliseVersion(version), version);
        assert.ok((version.split('+')[1] ?? '').length <= 64);
        assert.equal(branchOfVersion(version), slug);
      }),
    );
  });
});

describe('the layout of a store', () => {
  const release = { team: 'weather', project: 'observations', version: '1.5.0' };
  const feature = { ...release, version: '1.5.0+x.h1f0c9d2e.g3f1c2aa0', branch: 'x.h1f0c9d2e' };

  it('keeps releases by version, with the pointer beside them', () => {
    assert.equal(scriptKey(release, 'monthly'), 'weather/observations/1.5.0/monthly-1.5.0.py');
    assert.equal(manifestKey(release), 'weather/observations/1.5.0/manifest.json');
    assert.equal(pointerKey(release), 'weather/observations/latest.json');
  });

  it('keeps feature builds apart, so that an index of releases never sees one', () => {
    assert.equal(
      manifestKey(feature),
      'weather/observations/feature/x.h1f0c9d2e/1.5.0+x.h1f0c9d2e.g3f1c2aa0/manifest.json',
    );
    assert.equal(pointerKey(feature), 'weather/observations/feature/x.h1f0c9d2e/latest.json');
  });

  it('reads the keys of manifests back, and no others', () => {
    assert.deepEqual(parseManifestKey(manifestKey(release)), release);
    assert.deepEqual(parseManifestKey(manifestKey(feature)), feature);
    for (const key of [
      pointerKey(feature),
      scriptKey(release, 'a'),
      'weather/observations/latest/manifest.json',
      'manifest.json',
    ]) {
      assert.equal(parseManifestKey(key), undefined, key);
    }
  });

  it('gives a version with a label the branch in place of it', () => {
    assert.equal(featureVersion('1.0.dev3+gabc', 'x.h1f0c9d2e', commit), '1.0.dev3+x.h1f0c9d2e.g00123456');
  });
});
