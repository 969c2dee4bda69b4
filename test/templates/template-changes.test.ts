import assert from 'node:assert/strict';
import semver from 'semver';
import { templateKinds } from '../../src/templates/answers.ts';
import { changesSince, type TemplateRelease, templateRenames } from '../../src/templates/template-changes.ts';
import { fileOwner } from '../../src/templates/template-record.ts';

const releases: TemplateRelease[] = [
  { version: '2.0.0', kinds: ['product'], changes: ['c'], renames: { 'build_tools/b': 'build_tools/c' } },
  {
    version: '1.1.0',
    kinds: ['product', 'airflow'],
    changes: ['a', 'b'],
    renames: { 'build_tools/a': 'build_tools/b' },
  },
  { version: '1.0.0', kinds: ['product'], changes: ['first'], renames: {} },
];

describe('what changed in the templates', () => {
  it('is told from the version of a repository on, oldest first, for its kind', () => {
    const versions = (kind: 'product' | 'airflow', version: string) =>
      changesSince(kind, version, releases).map((release) => release.version);
    assert.deepEqual(versions('product', '1.0.0'), ['1.1.0', '2.0.0']);
    assert.deepEqual(versions('airflow', '0.1.0'), ['1.1.0']);
    assert.deepEqual(versions('product', '2.0.0'), []);
  });

  it('follows a file through several renames', () => {
    assert.deepEqual(
      [...templateRenames('product', '1.0.0', releases)],
      [['build_tools/a', 'build_tools/c']],
    );
    assert.deepEqual(
      [...templateRenames('product', '1.1.0', releases)],
      [['build_tools/b', 'build_tools/c']],
    );
  });

  it('stands in repo-template/changes.json in a form that can be read', () => {
    const all = templateKinds.flatMap((kind) => changesSince(kind, '0.0.0'));
    assert.ok(all.length > 0);
    for (const { version, changes, kinds, renames } of all) {
      assert.equal(semver.valid(version), version);
      assert.ok(kinds.every((kind) => templateKinds.includes(kind)));
      for (const change of changes) assert.match(change, /^[A-Z`].*\.$/);
      for (const path of Object.entries(renames).flat()) assert.equal(fileOwner(path), 'managed');
    }
  });
});
