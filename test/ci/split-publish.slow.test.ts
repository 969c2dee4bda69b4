import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProjects } from '../../ci/build-projects.ts';
import { changedProjects } from '../../ci/changed-projects.ts';
import type { CiRequest } from '../../ci/ci-request.ts';
import { type PublishSummary, publish } from '../../ci/publish.ts';
import type { PublishEvent } from '../../ci/publish-event.ts';
import { listVersions } from '../../src/artifacts/catalog.ts';
import { folderStore } from '../../src/artifacts/folder-store.ts';
import type { Home } from '../../src/config/home.ts';
import { sha256Hex } from '../../src/core/sha256.ts';
import { temporaryFolder } from '../setup.ts';
import { makeRepository, projectFiles, type Repository } from './repository.ts';
import { homeOf, requestOf, travis } from './run-publish.ts';

interface Options {
  readonly environment?: string;
  readonly from?: string;
  readonly dryRun?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

const released = (repository: Repository, home: Home): CiRequest =>
  requestOf(repository, home, travis(repository, 'master'));
const events: PublishEvent[] = [];
const run = async (repository: Repository, home: Home, options: Options): Promise<PublishSummary> => {
  events.length = 0;
  return publish({ ...released(repository, home), ...options }, (event) => events.push(event));
};
const build = (repository: Repository, home: Home, out: string) =>
  buildProjects({ ...released(repository, home), out }, () => {});
const versions = async (home: Home, environment: string): Promise<string[]> =>
  (await listVersions(folderStore(home.artifacts(environment)), 'weather', 'observations')).map(
    ({ manifest }) => manifest.version,
  );

describe('a publish in several jobs', () => {
  it('finds what changed, builds it without a store, and publishes the build to one environment each', async () => {
    const repository = makeRepository({ ...projectFiles('observations'), ...projectFiles('other') });
    const [home, out] = [homeOf(), temporaryFolder()];
    const changed = () => changedProjects(released(repository, home));
    assert.deepEqual((await changed()).projects, ['observations', 'other']);
    await build(repository, home, out);
    const python = { HERMES_PYTHON: '/no/python/is/needed' };
    const env = { ...travis(repository, 'master'), ...python };
    assert.deepEqual((await run(repository, home, { environment: 'dev', from: out, env })).published, [
      'observations',
      'other',
    ]);
    assert.deepEqual([await versions(home, 'dev'), await versions(home, 'prod')], [['0.1.0'], []]);
    assert.deepEqual((await changed()).projects, ['observations', 'other'], 'production has nothing yet');
    await run(repository, home, { environment: 'prod', from: out, env });
    assert.deepEqual(await versions(home, 'prod'), ['0.1.0']);
    assert.deepEqual((await changed()).projects, []);
  });

  it('gives the wheel of a branch its version when it is published', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const [home, out] = [homeOf(), temporaryFolder()];
    repository.git('switch', '--quiet', '-c', 'x');
    repository.push({ 'observations/observations/extra.py': 'x = 1\n' }, 'x');
    await build(repository, home, out);
    await run(repository, home, { environment: 'dev', from: out, env: travis(repository, 'x') });
    assert.match((await versions(home, 'dev'))[0] ?? '', /^0\.1\.0\+x\.h[0-9a-f]{8}\.g[0-9a-f]{8}$/);
  });

  it('never takes a branch to production, whatever is asked for', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    repository.git('switch', '--quiet', '-c', 'x');
    repository.push({ 'observations/observations/extra.py': 'x = 1\n' }, 'x');
    const env = travis(repository, 'x');
    assert.equal((await run(repository, home, { environment: 'prod', env })).kind, 'nothing');
    assert.deepEqual(events, [
      {
        event: 'decision',
        team: 'weather',
        kind: 'nothing',
        reason: 'push to x (not the default branch); builds of a branch go to dev, never to prod',
        environments: [],
      },
    ]);
    const byHand = { PATH: process.env.PATH, HOME: process.env.HOME };
    await assert.rejects(run(repository, home, { environment: 'prod', env: byHand }), {
      message: 'Cannot publish to prod by hand: builds of a branch go to dev only.',
      nextStep: 'Merge to the default branch: its CI releases to every environment.',
      exitCode: 2,
    });
  });

  it('refuses a folder without a build, one of another commit, and a project that was not built', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const [home, out] = [homeOf(), temporaryFolder()];
    const publishFrom = () => run(repository, home, { from: out });
    await assert.rejects(publishFrom, {
      message: `Cannot publish from ${out} [missing=${join(out, 'hermes-build.json')}]: hermes build has left nothing there.`,
      nextStep: `Build first: hermes build --out ${out}`,
    });
    await build(repository, home, out);
    const first = repository.git('rev-parse', '--short=7', 'HEAD');
    repository.push(projectFiles('other'));
    const second = repository.git('rev-parse', '--short=7', 'HEAD');
    await assert.rejects(publishFrom, {
      message: `Cannot publish from ${out} [built=${first}, commit=${second}]: it was built from another commit.`,
    });
    await buildProjects({ ...released(repository, home), projects: ['other'], out }, () => {});
    await assert.rejects(publishFrom, {
      message: `Cannot publish observations from ${out}: it is not published yet, and was not built.`,
      nextStep: `Build it in the job before: hermes build observations --out ${out}`,
    });
  });

  it('refuses wheels that are not what the project says, whoever put them there', async () => {
    const files = { ...projectFiles('observations'), ...projectFiles('other', { version: '9.9.9' }) };
    const repository = makeRepository(files);
    const [home, out] = [homeOf(), temporaryFolder()];
    await build(repository, home, out);
    const list = join(out, 'hermes-build.json');
    const truth = readFileSync(list, 'utf8');
    const publishFrom = () => run(repository, home, { from: out });
    const swapped = JSON.parse(truth);
    swapped.wheels.observations = swapped.wheels.other;
    writeFileSync(list, JSON.stringify(swapped));
    renameSync(join(out, 'observations'), join(mkdtempSync(join(out, 'away-')), 'observations'));
    renameSync(join(out, 'other'), join(out, 'observations'));
    await assert.rejects(publishFrom, {
      message: `Cannot publish observations from ${out} [wheel=other-9.9.9-py3-none-any.whl]: the wheel is of other.`,
    });
    swapped.wheels.observations.file = '../../etc/passwd.whl';
    writeFileSync(list, JSON.stringify(swapped));
    await assert.rejects(publishFrom, {
      message: `Cannot publish observations from ${out}: its wheel is gone or another one.`,
    });
    const [file, text] = ['observations-0.1.0-py3-none-any.whl', 'no archive'];
    writeFileSync(join(out, 'observations', file), text);
    swapped.wheels.observations = { file, sha256: sha256Hex(Buffer.from(text)) };
    writeFileSync(list, JSON.stringify(swapped));
    await assert.rejects(publishFrom, {
      message: `Cannot publish observations from ${out} [wheel=${file}]: nobody can install the wheel: End of central directory record signature not found. Either not a zip file, or file is truncated.`,
    });
    assert.deepEqual(await versions(home, 'dev'), []);
    rmSync(out, { recursive: true });
  });
});

describe('a dry run', () => {
  it('tells what would be written, and writes nothing', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    const summary = await run(repository, home, { dryRun: true });
    assert.deepEqual(summary.published, ['observations']);
    const planned = events.flatMap((event) => (event.event === 'planned' ? [event] : []));
    assert.deepEqual(
      planned.map(({ environment, uploaded, pointer }) => ({ environment, uploaded, pointer })),
      ['dev', 'prod'].map((environment) => ({
        environment,
        uploaded: 2,
        pointer: { moved: true, to: '0.1.0' },
      })),
    );
    assert.deepEqual([await versions(home, 'dev'), await versions(home, 'prod')], [[], []]);
    await run(repository, home, {});
    await run(repository, home, { dryRun: true });
    const reasons = events.flatMap((event) => (event.event === 'skipped' ? [event.reason] : []));
    assert.deepEqual(reasons, [
      `unchanged since ${repository.git('rev-parse', '--short=7', 'HEAD')}, nothing to do`,
    ]);
  });

  it('refuses what a publish would refuse', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    await run(repository, home, {});
    repository.push({ 'observations/observations/extra.py': 'x = 1\n' });
    await assert.rejects(run(repository, home, { dryRun: true }), { code: 'HERMES_VERSION_TAKEN' });
  });
});
