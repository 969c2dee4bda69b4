import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { resolveHome } from '../../../src/config/home.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import { createDiskHost } from '../../../src/github/disk-host.ts';
import type { FirstCommit } from '../../../src/github/git/first-commit.ts';
import { findCiRun } from '../../../src/github/hook/ci-record.ts';
import { temporaryFolder } from '../../setup.ts';
import { wantedRepository } from '../wanted-repository.ts';

const run = promisify(execFile);
const { signal } = new AbortController();
const first: FirstCommit = {
  files: [{ path: 'file', bytes: Buffer.from(''), executable: false }],
  message: 'Start',
  identity: { name: 'Ana', email: 'ana@example.com', assumed: false },
  date: new Date(),
};

describe('a push to a repository on disk', () => {
  it('runs script and deploy in a clean clone and tells the pusher', async () => {
    const box = await makeBox([
      'script: [test -f file && git status --porcelain]',
      'deploy: {provider: script, script: echo deployed $TRAVIS_BRANCH}',
    ]);
    const { stderr } = await box.push('master');
    const result = box.lastRun();
    assert.equal(result?.outcome, 'passed');
    assert.deepEqual(
      result?.steps.map(({ phase, exitCode }) => [phase, exitCode]),
      [
        ['script', 0],
        ['deploy', 0],
      ],
    );
    assert.match(stderr, /^remote: deployed master *$/m);
    assert.match(stderr, /^remote: CI passed \(\d+\.\ds\)\. Log: .*\/ci\/weather\/1\/log\.txt *$/m);
    assert.match(readFileSync(result?.log ?? '', 'utf8'), /^deployed master$/m);
    assert.deepEqual(box.leftovers(), []);
  });

  it('stands when CI fails, deploys nothing and ends with the log', async () => {
    const box = await makeBox([
      'script: ["false", "true"]',
      'deploy: {provider: script, script: touch deployed}',
    ]);
    const { stderr } = await box.push('master');
    assert.match(
      stderr
        .trimEnd()
        .split('\n')
        .filter((line) => line.startsWith('remote:'))
        .at(-1) ?? '',
      /^remote: CI failed: false exited with 1 \(.*s\)\. Log: \//,
    );
    assert.deepEqual(
      box.lastRun()?.steps.map((step) => step.exitCode),
      [1, 0],
    );
    assert.equal(await box.git('rev-parse', 'origin/master'), await box.git('rev-parse', 'HEAD'));
    assert.deepEqual(box.leftovers(), []);
  });

  it('says after a deploy that failed which sign-in of the shell it was not given, and the way out', async () => {
    const box = await makeBox([
      'script: "true"',
      'deploy: {provider: script, script: test "$AWS_PROFILE" = acme && test -n "$AWS_SECRET_ACCESS_KEY"}',
    ]);
    const env = { ...box.options.env, AWS_PROFILE: 'acme', AWS_SECRET_ACCESS_KEY: 'hush-hush' };
    const { stderr } = await run('git', ['push', 'origin', 'HEAD:refs/heads/master'], {
      ...box.options,
      env,
    });
    assert.match(
      stderr,
      /^remote: CI does not get the AWS sign-in of your shell \(AWS_SECRET_ACCESS_KEY\)\. *\nremote: It takes a profile of ~\/\.aws: aws configure --profile NAME, and AWS_PROFILE=NAME at the next push\. *\nremote: CI failed: /m,
    );
    assert.doesNotMatch(stderr, /hush-hush/);
  });

  it('says what is wrong with a .travis.yml', async () => {
    const box = await makeBox(['- a']);
    const { stderr } = await box.push('master');
    assert.match(stderr, /^remote: CI failed: Cannot read \.travis\.yml: it is not a mapping/m);
    assert.equal(box.lastRun()?.outcome, 'failed');
  });

  const hostile = [
    `x$(touch$\{IFS}pwned)`,
    'a`touch\u00a0pwned`',
    'a;touch-pwned',
    '@',
    'émoji-🎉',
    `$\{{secrets.X}}`,
    'HEAD',
    'latest',
    '1.2.0',
    'q\'u"o',
    '-rf',
    'e\u0301',
    'rtl\u202etxt',
    'a|b',
    '{a,b}',
    '%s%n',
  ];
  it('runs nothing that a branch is called', async () => {
    const box = await makeBox(['script: printf "%s\\n" "$TRAVIS_BRANCH" >> "$HERMES_HOME/branches"']);
    for (const branch of hostile) await box.push(branch);
    const seen = readFileSync(join(box.home.root, 'branches'), 'utf8').trimEnd().split('\n');
    assert.deepEqual(seen, hostile);
    assert.deepEqual(readdirSync(box.checkout), ['.git', '.travis.yml', 'file']);
    assert.deepEqual(box.leftovers(), []);
  });

  it('skips tags and deleted branches, and says so', async () => {
    const box = await makeBox(['script: "true"']);
    await box.push('feature/x');
    const before = box.runCount();
    await box.git('tag', 'v1');
    const tag = await run('git', ['push', 'origin', 'v1'], box.options);
    assert.match(tag.stderr, /^remote: refs\/tags\/v1 is not a branch: no CI\. *$/m);
    const gone = await run('git', ['push', 'origin', ':refs/heads/feature/x'], box.options);
    assert.match(gone.stderr, /^remote: refs\/heads\/feature\/x was deleted: no CI\. *$/m);
    assert.equal(box.runCount(), before);
  });

  it('does not wait for a process that CI leaves in the background', async () => {
    const box = await makeBox(['script: setsid sleep 30 & echo $! > "$HERMES_HOME/pid"']);
    await box.push('master');
    const pid = Number(readFileSync(join(box.home.root, 'pid'), 'utf8'));
    assert.equal(box.lastRun()?.outcome, 'passed');
    process.kill(pid, 'SIGKILL');
  });

  for (const [name, kill] of [
    ['Ctrl-C', 'SIGINT'],
    ['a terminal that closes', 'SIGHUP'],
    ['a shutdown', 'SIGTERM'],
  ] as const) {
    it(`ends CI and removes its clone when the push ends by ${name}`, async () => {
      const box = await makeBox([
        'script: while true; do echo tick; touch "$HERMES_HOME/started"; sleep 0.1; done',
      ]);
      const words = ['push', 'origin', 'HEAD:refs/heads/master'];
      const push = spawn('git', words, { ...box.options, detached: true, stdio: 'ignore' });
      while (!existsSync(join(box.home.root, 'started'))) await systemClock.sleep(20);
      process.kill(-(push.pid ?? 0), kill);
      while (box.lastRun()?.outcome === 'running' || box.leftovers().length > 0) await systemClock.sleep(20);
      assert.equal(box.lastRun()?.outcome, 'interrupted');
    });
  }
});

/** A checkout with a `.travis.yml`, its bare repository with the receive hook, and a temp folder of its own. */
async function makeBox(travis: readonly string[]) {
  const folder = temporaryFolder();
  const temp = join(folder, 'tmp');
  mkdirSync(temp);
  const who = {
    GIT_AUTHOR_NAME: 'Ana',
    GIT_AUTHOR_EMAIL: 'a@b.c',
    GIT_COMMITTER_NAME: 'Ana',
    GIT_COMMITTER_EMAIL: 'a@b.c',
  };
  const env = { ...process.env, ...who, TMPDIR: temp };
  const home = resolveHome(folder, {});
  const command = [process.execPath, join(packageRoot, 'src', 'cli', 'main.ts')] as const;
  const host = createDiskHost(home, { env, command });
  const { cloneUrl } = await host.create({ ...wantedRepository('weather'), first }, () => {}, signal);
  const checkout = join(folder, 'weather');
  await run('git', ['clone', '--quiet', cloneUrl, checkout], { env });
  const options = { cwd: checkout, env };
  const git = async (...words: string[]) => (await run('git', words, options)).stdout.trimEnd();
  writeFileSync(join(checkout, '.travis.yml'), `${travis.join('\n')}\n`);
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'ci');
  const commit = await git('rev-parse', 'HEAD');
  return {
    home,
    checkout,
    options,
    git,
    push: (branch: string) => run('git', ['push', 'origin', `HEAD:refs/heads/${branch}`], options),
    lastRun: () => findCiRun(home.ci, 'weather', commit),
    runCount: () => readdirSync(join(home.ci, 'weather')).length,
    leftovers: () => readdirSync(temp).filter((name) => name.startsWith('hermes-ci-')),
  };
}
