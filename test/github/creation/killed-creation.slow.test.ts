import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { begin, endSpawned } from '../../cli/spawned-hermes.ts';
import { fingerprint } from '../../fakes/github/fingerprint.ts';
import { type GitHubDouble, startGitHub, TOKEN } from '../../fakes/github/start-github.ts';
import { temporaryFolder } from '../../setup.ts';

const words = ['repo', 'create', 'weather', '--org', 'acme', '--secret', 'KEY', '--variable', 'A=1'];

describe('hermes repo create on GitHub, ended by a signal', function () {
  this.timeout(120_000);
  let github: GitHubDouble;
  beforeEach(async () => {
    github = await startGitHub();
  });
  afterEach(async () => {
    endSpawned();
    await github.stop();
  });
  const start = (folder: string) =>
    begin(folder, words, {
      HERMES_GITHUB_API_URL: github.apiUrl,
      HERMES_GITHUB_TOKEN: TOKEN,
      KEY: 'a word that nobody may read',
      GIT_AUTHOR_NAME: 'Ana',
      GIT_AUTHOR_EMAIL: 'ana@example.com',
    });
  /** What stands, but for the moment in which its commit was made. */
  const made = async () =>
    JSON.stringify(await fingerprint(github)).replace(/"commits":"([^"]*)"/, (_all, lines: string) => {
      return `"commits":${lines.split('\\n').length}`;
    });
  const endAt = async (request: number, signal: 'SIGKILL' | 'SIGINT') => {
    const folder = temporaryFolder();
    const { child, finished } = start(folder);
    github.observe = ({ index }, phase) => {
      if (index === request && phase === 'after') child.kill(signal);
    };
    const ended = await finished;
    github.observe = () => {};
    return { folder, ended };
  };

  it('is finished by the same command, wherever it was killed', async () => {
    await start(temporaryFolder()).finished;
    const whole = await made();
    const count = github.requests.length;
    for (const request of [2, 4, Math.floor(count / 2), count - 2, count - 1]) {
      await github.stop();
      github = await startGitHub();
      const { folder, ended } = await endAt(request, 'SIGKILL');
      assert.equal(ended.code, null);
      assert.deepEqual(readdirSync(folder), []);
      const again = await start(folder).finished;
      assert.equal(again.code, 0, again.stderr);
      assert.equal(await made(), whole, `killed at request ${request}`);
      assert.ok(readdirSync(`${folder}/weather`).includes('README.md'));
    }
  });

  it('says after Ctrl-C that the same command goes on', async () => {
    const { folder, ended } = await endAt(5, 'SIGINT');
    assert.equal(ended.code, 1);
    assert.equal(
      ended.stderr,
      'Interrupted by SIGINT.\nRun the same command again: it goes on where it stopped.\n',
    );
    assert.equal((await start(folder).finished).code, 0);
  });

  it('never says a secret', async () => {
    const { stdout, stderr } = await start(temporaryFolder()).finished;
    assert.doesNotMatch(`${stdout}${stderr}`, /a word that nobody may read|ghp_/);
  });
});
