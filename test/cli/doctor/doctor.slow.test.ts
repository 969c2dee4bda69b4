import assert from 'node:assert/strict';
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, hermes, printedObjects } from '../../hermes.ts';
import { temporaryFolder } from '../../setup.ts';

const finding = (done: Finished, name: string) =>
  printedObjects(done.stdout).find((each) => each.name === name);

describe('hermes doctor', () => {
  const folder = temporaryFolder();
  before(() => hermes(folder, ['repo', 'create', 'weather', '--no-ci']));

  it('finds nothing wrong in a fresh repository, and names its team and environments', async () => {
    const done = await hermes(join(folder, 'weather'), ['doctor', '--json']);
    assert.equal(done.exitCode, 0, done.stdout);
    assert.equal(finding(done, 'team').detail, 'weather');
    assert.match(finding(done, 'environment prod').detail, /^embedded, 0 files of weather in file:/);
    assert.equal(finding(done, 'origin').state, 'ok');
  });

  it('runs a script on a cluster when it is asked to, in one environment', async () => {
    const repository = join(folder, 'weather');
    const everywhere = await hermes(repository, ['doctor', '--run']);
    assert.deepEqual(everywhere, {
      exitCode: 2,
      stdout: '',
      stderr:
        'Cannot run a script everywhere: --run needs --env.\nFor example: hermes doctor --run --env dev\n',
    });
    const done = await hermes(repository, ['doctor', '--run', '--env', 'dev', '--json']);
    await hermes(repository, ['workspace', 'stop']);
    assert.match(
      finding(done, 'dev run').detail,
      /^a cluster read the store and ran a script: http:\/\/127\.0\.0\.1:\d+\/jobs\/1\/runs\/1001$/,
    );
    assert.equal(finding(done, 'environment prod'), undefined);
    assert.equal(done.exitCode, 0);
  });

  it('says where metrics go when something names an agent, and when that is no address', async () => {
    const metrics = async (env: NodeJS.ProcessEnv) =>
      finding(await hermes(folder, ['doctor', '--json'], env), 'metrics');
    assert.deepEqual(await metrics({ DD_DOGSTATSD_URL: 'udp://127.0.0.1:99999' }), {
      name: 'metrics',
      state: 'warning',
      detail:
        'DD_DOGSTATSD_URL = "udp://127.0.0.1:99999" is no address: udp://host:8125, unix:///path or unixstream:///path.',
      cure: 'Correct it: runs go on without metrics.',
    });
    const { detail } = await metrics({ DD_AGENT_HOST: 'agent' });
    assert.equal(detail, 'to the Datadog agent at agent, port 8125');
    assert.equal(await metrics({}), undefined);
  });

  it('says what is missing, with its cure, and fails', async () => {
    const done = await hermes(folder, ['doctor', '--json'], { PATH: temporaryFolder() });
    assert.equal(done.exitCode, 1);
    assert.deepEqual(finding(done, 'Python'), {
      name: 'Python',
      state: 'failed',
      detail: 'Cannot find Python: there is no python3 or python in PATH.',
      cure: 'Install it: apt install python3 python3-pip python3-venv (Debian, Ubuntu), brew install python (macOS).',
    });
  });

  it('notices a repository that was moved away from the home that it publishes to', async () => {
    const elsewhere = join(temporaryFolder(), 'weather');
    renameSync(join(folder, 'weather'), elsewhere);
    const moved = await hermes(elsewhere, ['doctor', '--json']);
    assert.match(
      finding(moved, 'origin').detail,
      /^pushes publish into .*, but this folder belongs to .*weather/,
    );
    mkdirSync(join(folder, 'later'));
    renameSync(join(folder, '.hermes'), join(folder, 'later', '.hermes'));
    const gone = await hermes(elsewhere, ['doctor', '--json']);
    assert.match(finding(gone, 'origin').detail, /weather\.git is gone, so nothing can be pushed$/);
  });
});
