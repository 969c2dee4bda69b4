import assert from 'node:assert/strict';
import { mergePull } from '../fakes/github/pull-routes.ts';
import { seedCommit, seedRepository } from '../fakes/github/seed.ts';
import { printedObjects } from '../hermes.ts';
import { OLDER } from '../templates/older-repository.ts';
import { endFleet, older, start, today } from './a-fleet.ts';
import { begin } from './spawned-hermes.ts';

describe('hermes repo update --all', () => {
  afterEach(endFleet);

  it('opens a pull request that says what changes, once; after the merge nothing is left to do', async () => {
    const { double, hermes } = await start();
    const weather = await seedRepository(double, 'weather', older());
    await seedRepository(double, 'finance', today('finance'));
    const planned = await hermes('repo', 'update', '--all', 'acme', '--plan');
    const table = '  ✓ .travis.yml  replaced: nobody had changed it\n';
    const totals = 'acme: 2 repositories, 2 drifted\n';
    assert.equal(
      planned.stdout,
      `weather · template of Hermes ${OLDER} → 1.0.0\n${table}${totals}1 planned\nNothing was changed: this is the plan.\n`,
    );
    assert.equal(weather.pulls.length, 0);
    const url = `${double.gitUrl}/acme/weather/pull/1`;
    const done = await hermes('repo', 'update', '--all', 'acme');
    assert.deepEqual(done, {
      code: 0,
      stdout: `weather · template of Hermes ${OLDER} → 1.0.0 · offered\n${table}  ${url}\n${totals}1 newly offered\n`,
      stderr: '',
    });
    const [pull] = weather.pulls;
    assert.equal(pull?.title, `Update the template from Hermes ${OLDER} to 1.0.0`);
    assert.equal(pull?.draft, false);
    assert.match(pull?.body ?? '', /### What changed\n\n- 1\.0\.0: The first template\.\n/);
    assert.match(pull?.body ?? '', /\| `\.travis\.yml` \| replaced: nobody had changed it \|\n/);
    const again = await hermes('repo', 'update', '--all', 'acme');
    assert.match(again.stdout, /· offered already\n/);
    assert.equal(weather.pulls.length, 1);
    assert.ok(pull);
    pull.state = 'closed';
    for (const more of [[], ['--plan']]) {
      const left = await hermes('repo', 'update', '--all', 'acme', ...more);
      assert.match(left.stdout, /· left alone\n {2}it was closed; reopen it to take it after all\n {2}http/);
      assert.match(left.stdout, /^1 left alone: weather$/m);
    }
    assert.match((await hermes('repo', 'check', '--all', 'acme')).stdout, /^weather .* #1 closed$/m);
    pull.state = 'open';
    await mergePull(double.state, weather, pull);
    assert.equal((await hermes('repo', 'update', '--all', 'acme')).stdout, `${totals}Nothing to update.\n`);
  });

  it('makes a draft of conflicts, and closes it once somebody solved them elsewhere', async () => {
    const { double, hermes } = await start();
    const weather = await seedRepository(double, 'weather', older());
    const old = older()['.travis.yml'] ?? '';
    await seedCommit(double, weather, { '.travis.yml': old.replace('# an old line', '# mine') });
    await hermes('repo', 'update', '--all', 'acme');
    const [pull] = weather.pulls;
    assert.equal(pull?.draft, true);
    assert.match(pull?.body ?? '', /\| conflict: 1 conflict marked in it \|/);
    assert.match(pull?.body ?? '', /You changed `\.travis\.yml` in the same places as the template did\./);
    await seedCommit(double, weather, { '.travis.yml': String(today('weather')['.travis.yml']) });
    const caught = await hermes('repo', 'update', '--all', 'acme');
    assert.match(caught.stdout, /has caught up: what was offered is closed/);
    assert.equal(pull?.state, 'closed');
  });

  it('merges what was changed by hand, which stays a change by hand', async () => {
    const { double, hermes } = await start();
    const old = older()['.travis.yml'] ?? '';
    const weather = await seedRepository(double, 'weather', older());
    await seedCommit(double, weather, { '.travis.yml': `# mine\n${old}` });
    await hermes('repo', 'update', '--all', 'acme');
    const [pull] = weather.pulls;
    assert.equal(pull?.draft, false);
    assert.ok(pull);
    await mergePull(double.state, weather, pull);
    const checked = await hermes('repo', 'check', '--all', 'acme', '--json');
    const [found] = printedObjects(checked.stdout);
    assert.deepEqual([found.template, found.files], ['1.0.0', [{ path: '.travis.yml', state: 'changed' }]]);
    assert.equal(
      (await hermes('repo', 'update', '--all', 'acme', '--plan')).stdout.includes('Nothing to update.'),
      true,
    );
  });

  it('says after Ctrl-C how many are done, and that the same command goes on', async () => {
    const { double, folder, env } = await start();
    await seedRepository(double, 'finance', older());
    await seedRepository(double, 'weather', older());
    double.fail({
      matches: ({ method, path }) => method === 'POST' && path.startsWith('/repos/acme/weather/'),
      phase: 'before',
      times: 9,
      outcome: { status: 429, headers: { 'retry-after': '600' }, body: { message: 'rate limit' } },
    });
    const update = begin(folder, ['repo', 'update', '--all', 'acme'], env);
    await update.seen('GitHub asks to wait 600 seconds.');
    update.child.kill('SIGINT');
    const { code, stderr } = await update.finished;
    assert.equal(code, 1);
    assert.ok(
      stderr.endsWith(
        'Interrupted by SIGINT: 1 of 2 repositories are done.\nRun the same command again: it goes on.\n',
      ),
      stderr,
    );
  });

  it('goes on with the others when one refuses, and says which right is missing', async () => {
    const { double, hermes } = await start();
    await seedRepository(double, 'finance', older());
    const weather = await seedRepository(double, 'weather', older());
    double.fail({
      matches: ({ path, method }) => method === 'POST' && path.startsWith('/repos/acme/finance/'),
      phase: 'before',
      outcome: { status: 403, body: { message: 'Resource not accessible by integration' } },
    });
    const done = await hermes('repo', 'update', '--all', 'acme');
    assert.equal(done.code, 1);
    assert.match(
      done.stdout,
      /^✗ finance {2}Cannot propose an update to finance .*Resource not accessible by integration/m,
    );
    assert.match(done.stderr, /^Cannot update 1 repository: see above\.\n/);
    assert.equal(weather.pulls.length, 1);
  });
});
