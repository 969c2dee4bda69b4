import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { applyPublish } from '../../../ci/apply-publish.ts';
import { planPublish } from '../../../ci/plan-publish.ts';
import { releasePolicy } from '../../../ci/pointer-policy.ts';
import { readPublished } from '../../../ci/read-published.ts';
import { folderStore } from '../../../src/artifacts/folder-store.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import { publishFixture } from '../../artifacts/published.ts';
import { makeBuild, makeWheel } from '../../ci/a-build.ts';
import { makeRepository, projectFiles, type Repository } from '../../ci/repository.ts';

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const note = {
  movedAt: '2026-11-21T06:00:00.000Z',
  movedBy: 'https://ci.example/7',
  reason: 'push to master (the default branch)',
};

describe('the artifacts of a team, by the command line', () => {
  let repository: Repository;
  const store = (environment: string) => join(repository.folder, '.hermes', 'artifacts', environment);

  const hermes = async (...args: string[]): Promise<Finished> => {
    const child = spawn(
      process.execPath,
      [join(packageRoot, 'src', 'cli', 'main.ts'), 'artifacts', ...args],
      {
        cwd: repository.folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output.stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      output.stderr += chunk;
    });
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, ...output };
  };
  const lines = async (...args: string[]): Promise<string[]> => {
    const { code, stdout, stderr } = await hermes(...args);
    assert.equal(code, 0, stderr);
    return stdout.trimEnd().split('\n');
  };
  const publishReleases = async (environment: string, versions: readonly string[]): Promise<void> => {
    const target = folderStore(store(environment));
    for (const version of versions) {
      const script = `print("${version}")\n`;
      const wheel = await makeWheel({ version });
      const build = { ...makeBuild({ version, script, wheel }), author: 'Ada \u001b[31mLovelace' };
      const plan = planPublish(build, await readPublished(target, build));
      await applyPublish(target, build, plan, releasePolicy, note);
    }
  };

  beforeEach(async () => {
    repository = makeRepository(projectFiles('observations'));
    mkdirSync(join(repository.folder, '.hermes'), { recursive: true });
    writeFileSync(join(repository.folder, '.hermes', 'embedded.json'), '{}');
    await publishReleases('dev', ['1.4.0', '1.5.0']);
    await publishReleases('prod', ['1.4.0']);
    await publishFixture(folderStore(store('dev')), { version: '1.5.0', branch: 'feature/x' });
  });

  it('lists versions with who built them, names of people made harmless', async () => {
    assert.deepEqual(await lines('list', 'observations'), [
      'observations',
      '  VERSION                                             COMMIT    BUILT (UTC)        SIZE     WHO',
      '  1.5.0                                 latest        3f1c2aa   2026-11-21 06:00   1.3 kB   Ada <U+001B>[31mLov…',
      '  1.4.0                                               3f1c2aa   2026-11-21 06:00   1.3 kB   Ada <U+001B>[31mLov…',
      '  1.5.0+feature.x.h2bdd6c29.g3f1c2aa0   ← feature/x   3f1c2aa   2026-11-21 06:00   138 B',
    ]);
    const misspelt = await hermes('list', 'observation');
    assert.deepEqual(misspelt, {
      code: 2,
      stdout: '',
      stderr:
        'Cannot find project observation of team weather in dev: there are observations.\nDid you mean observations?\n',
    });
  });

  it('shows where latest stands in each environment, and where it stood', async () => {
    assert.deepEqual(await lines('show', 'observations'), [
      'observations · team weather',
      '  dev    1.5.0   since 2026-11-21 06:00 UTC, commit 3f1c2aa',
      '         moved by https://ci.example/7: push to master (the default branch)',
      '  prod   1.4.0   since 2026-11-21 06:00 UTC, commit 3f1c2aa',
      '         moved by https://ci.example/7: push to master (the default branch)',
      '',
      'latest in dev, the newest first',
      '  #   SINCE (UTC)        VERSION   WHY                                   MOVED BY',
      '  2   2026-11-21 06:00   1.5.0     push to master (the default branch)   https://ci.example/7',
      '  1   2026-11-21 06:00   1.4.0     push to master (the default branch)   https://ci.example/7',
    ]);
    assert.deepEqual(await lines('show', 'observations', '-q'), ['dev 1.5.0', 'prod 1.4.0']);
    const [version] = await lines('show', 'observations', 'v1.4', '--json');
    const shown = JSON.parse(version ?? '');
    assert.deepEqual(
      [shown.version, shown.author, shown.files.length],
      ['1.4.0', 'Ada \u001b[31mLovelace', 2],
    );
    const missing = await hermes('show', 'observations', 'feature/y');
    assert.equal(
      missing.stderr,
      'Cannot find version feature/y of observations in dev: there are 1.5.0, 1.4.0, feature/x.\nDid you mean feature/x?\n',
    );
  });

  it('shows the other environments when one cannot be read, and ends with its error', async () => {
    rmSync(store('prod'), { recursive: true });
    mkdirSync(join(store('prod'), 'weather', 'observations'), { recursive: true });
    writeFileSync(join(store('prod'), 'weather', 'observations', 'latest.json'), 'x');
    const { code, stdout, stderr } = await hermes('show', 'observations');
    assert.equal(code, 4);
    assert.match(stdout, /dev {4}1\.5\.0[\s\S]*prod {3}cannot be read: Cannot read a record/);
    assert.match(stderr, /^Cannot read a record of the artifact store/);
  });

  it('verifies what it finds, and says in words what differs', async () => {
    assert.deepEqual((await lines('verify')).at(-1), '5 checks, nothing differs');
    appendFileSync(join(store('dev'), 'weather/observations/1.4.0/observations-1.4.0.py'), '#');
    writeFileSync(join(store('dev'), 'weather/observations/latest/observations-latest.py'), 'other');
    const { code, stdout, stderr } = await hermes('verify', 'observations');
    assert.equal(code, 1);
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.includes('✗')),
      [
        '  ✗ 1.4.0                                observations-1.4.0.py has 16 bytes, published were 15',
        '  ✗ latest                               latest/observations-latest.py has other content',
      ],
    );
    assert.match(stderr, /^Cannot vouch for dev \[store=file:.*\]: 2 of 5 checks failed\.\n/);
    assert.equal((await hermes('verify', 'observations', '1.5')).code, 0);
    assert.equal((await hermes('verify', 'observations', '--env', 'prod')).code, 0);
  });

  it('rolls latest back with its copies, says what it did not touch and how to undo it', async () => {
    assert.deepEqual(await lines('rollback', 'observations', '--reason', 'wrong units'), [
      '✓ observations in dev: latest 1.5.0 → 1.4.0',
      '  the copies under latest/ follow; runs that have begun keep their pins',
      '  held: CI moves latest again with a version above 1.5.0, not with 1.5.0 itself',
      '  untouched: prod',
      'Undo: hermes artifacts rollback observations --to 1.5.0 --reason "…"',
    ]);
    const copy = join(store('dev'), 'weather/observations/latest/observations-latest.py');
    assert.equal(readFileSync(copy, 'utf8'), 'print("1.4.0")\n');
    assert.equal((await hermes('verify', 'observations')).code, 0);
    const [shown] = await lines('show', 'observations', '--env', 'dev', '--json');
    const { latest, moves } = JSON.parse(shown ?? '');
    assert.deepEqual(
      [latest.version, latest.previous, latest.floor, latest.reason, latest.moved_by, moves],
      ['1.4.0', '1.5.0', '1.5.0', 'wrong units', userInfo().username, 3],
    );
    assert.deepEqual(await lines('rollback', 'observations', '--to', '1.4', '--reason', 'again'), [
      'observations in dev: latest is 1.4.0 already',
    ]);
    const refused = await hermes('rollback', 'observations', '--to', 'feature/x', '--reason', 'no');
    assert.equal(refused.code, 2);
    assert.equal((await hermes('rollback', 'observations', '--reason', ' ')).code, 2);
    assert.equal((await hermes('rollback', 'observations')).code, 2);
  });

  it('collects builds of branches that are gone, plan first', async () => {
    const young = await lines('gc', '--plan');
    assert.match(young[2] ?? '', /^keep {3}observations {3}feature\/x .* 0 days old, kept for 30 days$/);
    repository.git('push', '--quiet', 'origin', 'HEAD:refs/heads/feature/x');
    assert.match((await lines('gc', '--grace-days', '0'))[2] ?? '', /the branch lives$/);
    repository.git('push', '--quiet', 'origin', ':refs/heads/feature/x');
    const plan = await lines('gc', '--grace-days', '0', '--plan');
    assert.match(plan[2] ?? '', /^delete {3}observations {3}feature\/x .* the branch is gone; 0 days old$/);
    assert.match(plan[3] ?? '', /^Would delete 1 build \(.*\)\./);
    assert.equal((await lines('gc', '--grace-days', '0', '-q')).length, 1);
    assert.deepEqual(await lines('list', '-q'), ['observations 1.5.0', 'observations 1.4.0']);
    assert.equal((await hermes('verify')).code, 0);
  });

  it('deletes nothing when it cannot tell what is needed', async () => {
    const dags = join(repository.folder, 'dags');
    mkdirSync(dags);
    const task = 'tasks:\n  clean:\n    hermes: { project_name: observations, script_version: feature/x }\n';
    writeFileSync(join(dags, 'a.dag.yaml'), `dag: seattle\nteam: weather\nstart_date: 2026-01-01\n${task}`);
    const named = await lines('gc', '--grace-days', '0');
    assert.match(named[2] ?? '', /^keep .* named by dags\/a\.dag\.yaml \(task clean\)$/);
    writeFileSync(join(dags, 'b.dag.yaml'), 'dag: 1\n');
    assert.equal((await hermes('gc', '--grace-days', '0')).code, 2);
    rmSync(dags, { recursive: true });
    assert.equal((await hermes('gc', '--grace-days', '0', '--dags', 'nowhere')).code, 2);
    repository.git('remote', 'set-url', 'origin', '/nowhere');
    assert.equal((await hermes('gc', '--grace-days', '0')).code, 3);
    assert.equal((await lines('list', 'observations', '-q')).length, 3);
  });

  it('leaves builds of projects that are not of this repository, and those that a run is pinned to', async () => {
    await publishFixture(folderStore(store('dev')), {
      version: '1.0.0',
      project: 'rainfall',
      branch: 'gone',
    });
    const folder = join(repository.folder, '.hermes', 'dag-runs', 'seattle');
    mkdirSync(folder, { recursive: true });
    const [shown] = await lines('show', 'observations', 'feature/x', '--json');
    const key = JSON.parse(shown ?? '').files[0].key;
    const pin = { scriptUrl: `${folderStore(store('dev')).url}/${key}` };
    const record = {
      format: 1,
      dagId: 'seattle',
      runId: 'manual',
      startedAt: '2026-11-21',
      tasks: [{ pin, attempts: [] }],
    };
    writeFileSync(join(folder, 'manual.json'), JSON.stringify(record));
    const kept = await lines('gc', '--grace-days', '0');
    assert.match(kept[2] ?? '', /^keep .* pinned by DAG run seattle\/manual$/);
    assert.deepEqual(kept.slice(3), [
      'left alone, no projects of this repository: rainfall',
      'Nothing to delete.',
    ]);
    writeFileSync(join(folder, 'half.json'), '{');
    const unsure = await hermes('gc', '--grace-days', '0');
    assert.match(
      unsure.stderr,
      /^Cannot tell what DAG runs use \[files=.*half\.json\]: .*\nNothing is deleted\./,
    );
    assert.equal(unsure.code, 2);
    rmSync(folder, { recursive: true });
    assert.match((await lines('gc', '--grace-days', '0')).at(-1) ?? '', /^Deleted 1 build/);
    assert.equal((await lines('list', 'rainfall', '-q')).length, 1);
  });
});
