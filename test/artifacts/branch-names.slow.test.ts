import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  type BuildName,
  branchOfVersion,
  branchSlug,
  buildKey,
  featureVersion,
  manifestKey,
  parseManifestKey,
  scriptKey,
} from '../../src/artifacts/keys.ts';
import { projectNameProblem } from '../../src/core/names.ts';
import { normaliseVersion } from '../../src/core/pep440.ts';
import { pythonTools } from '../python-tools.ts';
import { temporaryFolder } from '../setup.ts';

const NAMES = 400;
/** The longest name that a project may have. */
const project = 'a'.repeat(50);
const MAX_FILE_NAME_BYTES = 255;
const MAX_KEY_BYTES = 1024;

// What shells, YAML, PEP 440, terminals, file systems and Unicode each treat in their own way.
const hostile = fc.constantFrom(
  ...[
    '$(id)',
    '`id`',
    ';',
    '|',
    '&',
    "'",
    '"',
    '{a,b}',
    '<x>',
    '%0a',
    `\${{secrets.X}}`,
    '#1',
    '!',
    '=',
    '+',
    ',',
  ],
  ...[
    '\u00e9',
    'e\u0301',
    '\u212a',
    '\u0130',
    '\u00df',
    '\u017f',
    '\uff11',
    '\u0661',
    '\u{1f600}',
    '\u202e',
    '\u200b',
    '\ufeff',
  ],
  ...[
    '007',
    '0',
    '00000000',
    '1e5',
    '0x1f',
    'dev1',
    'rc1',
    'post2',
    'latest',
    'HEAD',
    'refs/heads/x',
    'h1f0c9d2e',
    'g00123456',
  ],
  ...['/', '-', '.', '_', '@', '--', '...', '\u0001', '~', '^', ':', ' '],
);
const word = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9]{1,12}$/),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
);
const branchName = fc
  .array(fc.oneof(hostile, word), { minLength: 1, maxLength: 12 })
  .map((parts) => parts.join('').replaceAll('\0', ''))
  .filter((name) => name !== '' && Buffer.byteLength(name) < 200);

describe('the version of a branch, for every name that git accepts', function () {
  this.timeout(120_000);
  let accepted: string[] = [];

  before(() => {
    const drawn = fc.sample(branchName, NAMES);
    const twins = drawn.flatMap((name) => [
      name,
      name.toLowerCase(),
      name.toUpperCase(),
      name.normalize('NFC'),
      name.normalize('NFD'),
    ]);
    accepted = acceptedByGit([...new Set(twins)].filter((name) => name !== ''));
    assert.ok(accepted.length > NAMES / 4, `git accepted only ${accepted.length} names`);
  });

  const versionOf = (name: string): string =>
    featureVersion('1.5.0', branchSlug(`refs/heads/${name}`), '00123456789');
  const buildOf = (name: string): BuildName => ({
    team: project,
    project,
    version: versionOf(name),
    branch: branchSlug(`refs/heads/${name}`),
  });

  it('is one that the packaging library takes without changing a letter', () => {
    const versions = accepted.map(versionOf);
    const script =
      'import json, sys; from packaging.version import Version; print(json.dumps([str(Version(v)) for v in json.load(sys.stdin)]))';
    const said = execFileSync(join(pythonTools('test'), 'python'), ['-c', script], {
      input: JSON.stringify(versions),
      encoding: 'utf8',
    });
    assert.deepEqual(JSON.parse(said), versions);
    assert.deepEqual(versions.map(normaliseVersion), versions);
    for (const version of versions) assert.ok((version.split('+')[1] ?? '').length <= 64, version);
  });

  it('differs between any two of them, also those that only case or Unicode tells apart', () => {
    assert.equal(new Set(accepted.map(versionOf)).size, accepted.length);
    const twins = accepted.filter(
      (name) => name !== name.normalize('NFC') && accepted.includes(name.normalize('NFC')),
    );
    assert.ok(twins.length > 0, 'no pair of names was drawn that only their Unicode form tells apart');
  });

  it('leads back to its branch', () => {
    for (const name of accepted) {
      assert.equal(branchOfVersion(versionOf(name)), branchSlug(`refs/heads/${name}`));
      assert.deepEqual(parseManifestKey(manifestKey(buildOf(name))), buildOf(name));
    }
  });

  it('makes keys and file names that any store and file system takes', () => {
    const folder = temporaryFolder();
    assert.equal(projectNameProblem(project), undefined);
    for (const name of accepted) {
      const build = buildOf(name);
      const wheel = `${project}-${build.version}-py2.py3-none-any.whl`;
      for (const key of [`${buildKey(build)}/${wheel}`, scriptKey(build, project), manifestKey(build)]) {
        assert.match(key, /^[a-z0-9._/+-]+$/);
        assert.ok(
          key
            .split('/')
            .every((part) => part !== '' && !/^\.+$/.test(part) && part.length <= MAX_FILE_NAME_BYTES),
          key,
        );
        assert.ok(key.length <= MAX_KEY_BYTES, key);
      }
      mkdirSync(join(folder, build.branch ?? ''), { recursive: true });
      writeFileSync(join(folder, build.branch ?? '', wheel), '');
    }
    const slugs = new Set(accepted.map((name) => branchSlug(`refs/heads/${name}`).toLowerCase()));
    assert.equal(readdirSync(folder).length, slugs.size);
  });
});

/** Asks git about all names in one process tree. */
function acceptedByGit(names: readonly string[]): string[] {
  const script =
    'for name; do git check-ref-format --branch "$name" >/dev/null 2>&1 && printf 1 || printf 0; done';
  const said = execFileSync('sh', ['-c', script, 'sh', ...names], { encoding: 'utf8' });
  assert.equal(said.length, names.length);
  return names.filter((_name, index) => said[index] === '1');
}
