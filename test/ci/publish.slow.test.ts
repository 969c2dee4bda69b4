import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publish } from '../../ci/publish.ts';
import type { PublishEvent } from '../../ci/publish-event.ts';
import { runtimeWheel } from '../../ci/runtime-wheel.ts';
import { testProjects } from '../../ci/test-projects.ts';
import { listVersions } from '../../src/artifacts/catalog.ts';
import { folderStore } from '../../src/artifacts/folder-store.ts';
import { resolvePin } from '../../src/artifacts/resolve-pin.ts';
import { type Home, resolveHome } from '../../src/config/home.ts';
import { temporaryFolder } from '../setup.ts';
import { makeRepository, projectFiles } from './repository.ts';

import { cache, homeOf, type Run, requestOf, run, travis } from './run-publish.ts';

const dev = { production: false };
const observations = { team: 'weather', project: 'observations', script: 'observations' };

const reasons = ({ events }: Run): string[] =>
  events.flatMap((event) => (event.event === 'skipped' ? [`${event.project}: ${event.reason}`] : []));
const versions = async (home: Home, environment: string): Promise<string[]> =>
  (await listVersions(folderStore(home.artifacts(environment)), 'weather', 'observations')).map(
    ({ manifest }) => manifest.version,
  );

describe('publishing a repository', () => {
  it('takes a feature branch to development and a merge to both, with latest moved', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    repository.git('switch', '--quiet', '-c', 'feature/new-column');
    const commit = repository.push({ 'observations/observations/extra.py': 'x = 1\n' }, 'feature/new-column');
    const feature = await run(repository, home, travis(repository, 'feature/new-column'));
    assert.deepEqual(feature.summary, {
      kind: 'feature',
      branch: 'feature/new-column',
      published: ['observations'],
    });
    assert.deepEqual(await versions(home, 'prod'), []);
    const store = folderStore(home.artifacts('dev'));
    const pin = await resolvePin(store, { ...observations, scriptVersion: 'feature/new-column' }, dev);
    assert.equal(pin.commit, commit);
    assert.match(pin.version, /^0\.1\.0\+feature\.new\.column\.h[0-9a-f]{8}\.g[0-9a-f]{8}$/);

    repository.git('switch', '--quiet', 'master');
    repository.git('merge', '--quiet', '--no-ff', '--message', 'merge', 'feature/new-column');
    repository.git('push', '--quiet', 'origin', 'master');
    const merge = await run(repository, home, travis(repository, 'master'));
    assert.equal(merge.summary.kind, 'release');
    for (const environment of ['dev', 'prod']) {
      const released = folderStore(home.artifacts(environment));
      assert.equal(
        (await resolvePin(released, { ...observations, scriptVersion: 'latest' }, { production: true }))
          .version,
        '0.1.0',
      );
    }
    const again = await run(repository, home, travis(repository, 'master'));
    assert.deepEqual(reasons(again), [
      `observations: unchanged since ${repository.git('rev-parse', '--short=7', 'HEAD')}, nothing to do`,
    ]);
    assert.deepEqual(again.summary.published, []);
  });

  it('puts hermes_runtime beside each version, on the path of the tests, and not among the copies', async () => {
    const test =
      'import hermes_runtime\n\n\ndef test_it():\n    assert hermes_runtime.table("a.b") == "a.b"\n';
    const repository = makeRepository(projectFiles('observations', { test }));
    const home = homeOf();
    const { events } = await run(repository, home, travis(repository, 'master'));
    assert.deepEqual(
      events.flatMap((event) => (event.event === 'tests' ? [event.passed] : [])),
      [1],
    );
    for (const environment of ['dev', 'prod']) {
      const store = folderStore(home.artifacts(environment));
      const pin = await resolvePin(store, { ...observations, scriptVersion: 'latest' }, dev);
      assert.equal(pin.runtimeSha256, runtimeWheel().sha256);
      const file = fileURLToPath(String(pin.runtimeUrl));
      assert.deepEqual(readFileSync(file), Buffer.from(runtimeWheel().bytes));
      const project = join(home.artifacts(environment), 'weather', 'observations');
      assert.deepEqual(readdirSync(join(project, 'latest')).sort(), [
        'observations-0+latest-py3-none-any.whl',
        'observations-latest.py',
      ]);
    }
  });

  it('publishes only the projects that changed', async () => {
    const repository = makeRepository({ ...projectFiles('observations'), ...projectFiles('helloworld') });
    const home = homeOf();
    await run(repository, home, travis(repository, 'master'));
    repository.git('switch', '--quiet', '-c', 'x');
    repository.push({ 'observations/observations/extra.py': 'x = 1\n' }, 'x');
    const feature = await run(repository, home, travis(repository, 'x'));
    assert.deepEqual(feature.summary.published, ['observations']);
    assert.match(reasons(feature).join(), /^helloworld: unchanged since [0-9a-f]{7}, nothing to do$/);
  });

  it('publishes nothing at all when one test fails, and shows what pytest said', async () => {
    const repository = makeRepository({
      ...projectFiles('helloworld'),
      ...projectFiles('observations', { body: 'def answer():\n    return 41\n' }),
    });
    const home = homeOf();
    const events: PublishEvent[] = [];
    const request = requestOf(repository, home, travis(repository, 'master'));
    await assert.rejects(
      publish(request, (event) => events.push(event)),
      {
        message: 'Tests failed: observations.',
        nextStep: 'Run them again: hermes test observations',
        exitCode: 1,
      },
    );
    const failed = events.find((event) => event.event === 'tests' && event.status === 'failed');
    assert.match((failed?.event === 'tests' && failed.output) || '', /assert 41 == 42/);
    assert.ok(!existsSync(home.artifacts('dev')));
  });

  it('does not run again what hermes test ran on the same content', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    const request = requestOf(repository, home, process.env);
    assert.equal(await testProjects(request, () => {}), 1);
    assert.equal(repository.git('status', '--porcelain'), '');
    const { events } = await run(repository, home, travis(repository, 'master'));
    const tests = events.find((event) => event.event === 'tests');
    assert.deepEqual(tests?.event === 'tests' && [tests.remembered, tests.passed], [true, 1]);
  });

  it('refuses other content under a published version, and takes it once the version is raised', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    const first = repository.git('rev-parse', '--short=7', 'HEAD');
    await run(repository, home, travis(repository, 'master'));
    repository.push({ 'observations/observations/observations.py': 'def answer():\n    return 40 + 2\n' });
    const second = repository.git('rev-parse', '--short=7', 'HEAD');
    const store = folderStore(home.artifacts('dev')).url;
    await assert.rejects(run(repository, home, travis(repository, 'master')), {
      message: `Cannot publish observations 0.1.0 [store=${store}, key=weather/observations/0.1.0, commit=${second}]: that version exists with other content (built from ${first}).`,
      nextStep: 'Raise `version` in observations/pyproject.toml:3.',
    });
    repository.push(projectFiles('observations', { version: '0.2.0' }));
    await run(repository, home, travis(repository, 'master'));
    assert.deepEqual(await versions(home, 'prod'), ['0.2.0', '0.1.0']);
  });

  it('uploads nothing when only tests or a readme changed', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    const first = repository.git('rev-parse', '--short=7', 'HEAD');
    await run(repository, home, travis(repository, 'master'));
    repository.push({ 'observations/README.md': '# About\n' });
    const second = await run(repository, home, travis(repository, 'master'));
    assert.deepEqual(
      reasons(second),
      Array(2).fill(`observations: published already, from ${first}, with the same content`),
    );
    assert.deepEqual(second.summary.published, []);
  });

  it('takes the same bytes on to production when that failed after development', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    // A file where the store's folder belongs: production cannot be written.
    mkdirSync(home.artifacts('prod'), { recursive: true });
    const inTheWay = join(home.artifacts('prod'), 'weather');
    writeFileSync(inTheWay, '');
    const events: PublishEvent[] = [];
    const request = requestOf(repository, home, travis(repository, 'master'));
    await assert.rejects(publish(request, (event) => events.push(event)));
    const incomplete = events.find((event) => event.event === 'incomplete');
    assert.deepEqual(incomplete, {
      event: 'incomplete',
      project: 'observations',
      version: '0.1.0',
      published: ['dev'],
      missing: ['prod'],
    });
    rmSync(inTheWay);
    const { summary } = await run(repository, home, travis(repository, 'master'));
    assert.deepEqual(summary.published, ['observations']);
    const manifest = 'weather/observations/0.1.0/manifest.json';
    assert.deepEqual(
      readFileSync(join(home.artifacts('prod'), manifest)),
      readFileSync(join(home.artifacts('dev'), manifest)),
    );
  });

  it('publishes nothing for a pull request to the default branch, nor for a commit that is not on it', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    const request = await run(repository, home, travis(repository, 'master', { TRAVIS_PULL_REQUEST: '7' }));
    assert.equal(request.summary.kind, 'nothing');
    repository.write({ 'observations/observations/new.py': '' });
    repository.git('add', '.');
    repository.git('commit', '--quiet', '--message', 'not pushed');
    assert.equal((await run(repository, home, travis(repository, 'master'))).summary.kind, 'nothing');
    assert.ok(!existsSync(home.artifacts('dev')));
  });

  it('takes branches with any name that git takes', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    for (const branch of [
      `x$(touch$\{IFS}/tmp/owned)`,
      'a;b|c&d',
      '`id`',
      'é/😀',
      "it's",
      'latest',
      '1.2.0',
      'refs/heads/y',
      '@x',
    ]) {
      repository.git('checkout', '--quiet', '-B', 'work', 'master');
      repository.push({ 'observations/observations/extra.py': `x = ${JSON.stringify(branch)}\n` }, branch);
      const { summary } = await run(repository, home, travis(repository, branch));
      assert.deepEqual(summary, { kind: 'feature', branch, published: ['observations'] });
      const pin = await resolvePin(
        folderStore(home.artifacts('dev')),
        { ...observations, scriptVersion: `refs/heads/${branch}` },
        dev,
      );
      assert.equal(pin.commit, repository.git('rev-parse', 'HEAD'));
    }
    assert.ok(!existsSync('/tmp/owned'));
  });

  it('keeps the pointer of a branch on the later commit when an older run ends last', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    repository.git('switch', '--quiet', '-c', 'x');
    const older = repository.push({ 'observations/observations/extra.py': 'x = 1\n' }, 'x');
    const newer = repository.push({ 'observations/observations/extra.py': 'x = 2\n' }, 'x');
    await run(repository, home, travis(repository, 'x'));
    repository.git('checkout', '--quiet', older);
    await run(repository, home, travis(repository, 'x'));
    const store = folderStore(home.artifacts('dev'));
    assert.equal((await resolvePin(store, { ...observations, scriptVersion: 'x' }, dev)).commit, newer);
    repository.git('push', '--quiet', '--force', 'origin', `${older}:refs/heads/x`);
    await run(repository, home, travis(repository, 'x'));
    assert.equal((await resolvePin(store, { ...observations, scriptVersion: 'x' }, dev)).commit, older);
  });

  it('completes what a killed process left, wherever it was killed', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
    const root = temporaryFolder();
    mkdirSync(join(root, 'cache'));
    cpSync(cache, join(root, 'cache'), { recursive: true, verbatimSymlinks: true });
    const home = resolveHome('/', { HERMES_HOME: root });
    const env = { ...travis(repository, 'master'), HERMES_HOME: root };
    for (const milliseconds of [300, 500, 600, 700, 800, 900, 1000, 1200]) {
      spawnSync(process.execPath, [main, 'publish', '--quiet'], {
        cwd: repository.folder,
        env,
        timeout: milliseconds,
        killSignal: 'SIGKILL',
      });
    }
    const last = spawnSync(process.execPath, [main, 'publish'], {
      cwd: repository.folder,
      env,
      encoding: 'utf8',
    });
    assert.equal(last.status, 0, last.stderr);
    for (const environment of ['dev', 'prod']) {
      assert.deepEqual(await versions(home, environment), ['0.1.0']);
      const pin = await resolvePin(
        folderStore(home.artifacts(environment)),
        { ...observations, scriptVersion: 'latest' },
        dev,
      );
      const bytes = readFileSync(new URL(pin.wheelUrl ?? ''));
      assert.equal(createHash('sha256').update(bytes).digest('hex'), pin.wheelSha256);
    }
  });
});
