import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { RECORD_PATH } from '../../src/templates/template-record.ts';
import { temporaryFolder } from '../setup.ts';
import { answers } from '../templates/older-repository.ts';
import { begin, endSpawned } from './spawned-hermes.ts';

const hermes = (folder: string, ...words: string[]) =>
  begin(folder, words, { GIT_AUTHOR_NAME: 'Bo', GIT_AUTHOR_EMAIL: 'bo@example.com' }).finished;

function repository(kind: 'product' | 'airflow' = 'product'): string {
  const folder = temporaryFolder();
  for (const { path, bytes } of planRepository(kind, answers)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  mkdirSync(join(folder, '.git'));
  return folder;
}

describe('hermes project new', () => {
  afterEach(endSpawned);

  it('copies the sample under the new name, tests included, and says how to go on', async () => {
    const folder = repository();
    const made = await hermes(folder, 'project', 'new', 'sea-levels');
    assert.deepEqual(made, {
      code: 0,
      stdout: `✓ sea-levels  5 files

Next:
  python3 sea-levels/sea_levels/sea_levels.py            it works already; make it yours
  hermes test sea-levels                                 run its tests
  git switch -c feature/sea-levels                       a branch: your own copy
  git add sea-levels && git commit -m "Add sea-levels"   save it, with a sentence that says why
  git push -u origin feature/sea-levels                  CI publishes it to development
`,
      stderr: '',
    });
    const text = (path: string) => readFileSync(join(folder, 'sea-levels', path), 'utf8');
    assert.match(text('pyproject.toml'), /name = "sea-levels"/);
    assert.match(text('tests/test_sea_levels.py'), /from sea_levels\.sea_levels import/);
    assert.ok(existsSync(join(folder, 'sea-levels/sea_levels/__init__.py')));
    for (const path of ['pyproject.toml', 'tests/test_sea_levels.py', 'sea_levels/sea_levels.py'])
      assert.doesNotMatch(text(path), /helloworld/);
  });

  it('stays on the branch that is checked out, unless that is the one which everybody shares', async () => {
    for (const [branch, steps] of [
      ["feature/it's", [`git push -u origin 'feature/it'\\''s'`]],
      ['trunk', ['git switch -c feature/tides', 'git push -u origin feature/tides']],
    ] as const) {
      const folder = repository();
      const git = (...words: string[]) => execFileSync('git', words, { cwd: folder });
      rmSync(join(folder, '.git'), { recursive: true });
      git('init', '--quiet');
      git('symbolic-ref', 'HEAD', `refs/heads/${branch}`);
      git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
      const { stdout } = await hermes(folder, 'project', 'new', 'tides');
      const told = stdout.split('\n').map((line) => line.trim().replace(/ {2,}.*/, ''));
      assert.deepEqual(
        told.filter((line) => /^git (switch|push)/.test(line)),
        steps,
      );
    }
  });

  it('goes to the root of the repository from any folder of it', async () => {
    const folder = repository();
    const made = await hermes(join(folder, 'helloworld', 'tests'), 'project', 'new', 'tides', '--json');
    assert.equal(made.code, 0);
    assert.deepEqual(JSON.parse(made.stdout), {
      project: 'tides',
      folder: '../../tides',
      files: 5,
      script: '../../tides/tides/tides.py',
    });
    assert.ok(existsSync(join(folder, 'tides', 'pyproject.toml')));
  });

  it('refuses a name whose module or folder is there already, and writes nothing', async () => {
    const folder = repository();
    mkdirSync(join(folder, 'Sea_Levels'));
    const taken = await hermes(folder, 'project', 'new', 'sea-levels');
    assert.deepEqual(taken, {
      code: 2,
      stdout: '',
      stderr: `Cannot add project sea-levels: ${join(folder, 'Sea_Levels')} exists already.\nChoose another name.\n`,
    });
    assert.equal((await hermes(folder, 'project', 'new', '../out')).code, 2);
    assert.equal(existsSync(join(folder, '..', 'out')), false);
  });

  it('works in a clone of an older template, and not in a repository of DAGs', async () => {
    const folder = repository();
    const path = join(folder, RECORD_PATH);
    const record = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...record, version: '0.1.0', files: {} }));
    assert.equal((await hermes(folder, 'project', 'new', 'tides')).code, 0);
    const dags = await hermes(repository('airflow'), 'project', 'new', 'tides');
    assert.equal(dags.code, 2);
    assert.match(dags.stderr, /^Cannot add a project: .* holds DAGs, not projects\.\n/);
  });
});
