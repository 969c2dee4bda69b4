import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../setup.ts';
import { OLDER } from '../templates/older-repository.ts';
import { commitAll, hermes, inGit, olderClone } from './older-clone.ts';
import { endSpawned } from './spawned-hermes.ts';

describe('hermes repo update in a clone', () => {
  afterEach(endSpawned);

  it('puts one commit on a branch of its own, and says what was done and what to do', async () => {
    const folder = await olderClone();
    const head = await inGit(folder, 'rev-parse', 'HEAD');
    const planned = await hermes(folder, 'repo', 'update', '--plan');
    const table = `weather · template of Hermes ${OLDER} → 1.0.0
  ✓ .travis.yml            replaced: nobody had changed it  +0 -1
  ✓ build_tools/deploy.sh  added                            +5 -0
  ✓ build_tools/test.sh    replaced: nobody had changed it  +1 -1
`;
    assert.deepEqual(planned, {
      code: 0,
      stdout: `${table}Nothing was changed: this is the plan.\n`,
      stderr: '',
    });
    assert.equal(await inGit(folder, 'branch', '--list', 'hermes/update'), '');
    const done = await hermes(folder, 'repo', 'update');
    assert.deepEqual(done, {
      code: 0,
      stderr: '',
      stdout: `${table}The branch hermes/update is ready: one commit on master. Nothing else was touched.

Next:
  git diff master hermes/update      look at it
  git push -u origin hermes/update   then ask for a review: open a pull request
  git branch -D hermes/update        or drop it: nothing is left of it
`,
    });
    assert.equal(await inGit(folder, 'rev-parse', 'HEAD'), head);
    assert.equal(await inGit(folder, 'status', '--porcelain'), '');
    await inGit(folder, 'merge', '--quiet', 'hermes/update');
    assert.equal((await hermes(folder, 'repo', 'check')).code, 0);
    const again = await hermes(folder, 'repo', 'update');
    assert.equal(
      again.stdout,
      'weather · template of Hermes 1.0.0\nNothing to update.\nThe branch hermes/update is gone: it had nothing more.\n',
    );
  });

  it('marks conflicts, keeps what was changed, and leads through solving them', async () => {
    const folder = await olderClone();
    const script = join(folder, 'build_tools/test.sh');
    writeFileSync(
      script,
      readFileSync(script, 'utf8').replace('hermes ci check', 'hermes ci check --strict'),
    );
    rmSync(join(folder, '.travis.yml'));
    await commitAll(folder);
    const done = await hermes(folder, 'repo', 'update');
    assert.equal(
      done.stdout,
      `weather · template of Hermes ${OLDER} → 1.0.0
  · .travis.yml            stays deleted, since you deleted it
  ✓ build_tools/deploy.sh  added                                +5 -0
  ✗ build_tools/test.sh    conflict: 1 conflict marked in it    +4 -0
The branch hermes/update is ready: one commit on master. Nothing else was touched.

Next:
  git diff master hermes/update      look at it
  git switch hermes/update           go there
  edit build_tools/test.sh           leave what is right between <<<<<<< and >>>>>>>
  git commit -a                      the conflicts are solved
  git push -u origin hermes/update   then ask for a review: open a pull request
  git branch -D hermes/update        or drop it: nothing is left of it
`,
    );
    const merged = await inGit(folder, 'show', 'hermes/update:build_tools/test.sh');
    assert.match(
      merged,
      /<<<<<<< this repository\nhermes ci check --strict "\$@"\n=======\nexec hermes ci check "\$@"\n>>>>>>> template of Hermes 1\.0\.0$/,
    );
    const on = await hermes(folder, 'repo', 'update', '-C', '.', '.');
    assert.equal(on.code, 0);
    await inGit(folder, 'switch', '--quiet', 'hermes/update');
    const refused = await hermes(folder, 'repo', 'update');
    assert.equal(refused.code, 2);
    assert.match(
      refused.stderr,
      /you are on the branch hermes\/update itself\.\nGo back with: git switch -\n$/,
    );
    const checked = await hermes(folder, 'repo', 'check');
    assert.match(checked.stdout, /✗ build_tools\/test\.sh +the marks of a conflict stand in it/);
    assert.match(checked.stderr, /Leave what is right between <<<<<<< and >>>>>>>, and commit\./);
  });

  it('refuses what is not committed, and only where the update would be', async () => {
    const folder = await olderClone();
    writeFileSync(join(folder, 'README.md'), 'mine');
    assert.equal((await hermes(folder, 'repo', 'update', '--plan')).code, 0);
    writeFileSync(join(folder, '.travis.yml'), 'mine');
    const refused = await hermes(folder, 'repo', 'update');
    assert.deepEqual(
      [refused.code, refused.stderr],
      [
        2,
        `Cannot update ${folder}: not committed yet: .travis.yml.\nCommit or undo these changes first; \`git stash\` puts them aside.\n`,
      ],
    );
  });

  it('works from a branch and from a subfolder, on the default branch all the same', async () => {
    const folder = await olderClone();
    await inGit(folder, 'remote', 'add', 'origin', '/nowhere');
    await inGit(folder, 'update-ref', 'refs/remotes/origin/master', 'HEAD');
    await inGit(folder, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/master');
    const master = await inGit(folder, 'rev-parse', 'master');
    await inGit(folder, 'switch', '--quiet', '--create', 'feature/x');
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    await commitAll(folder);
    const done = await hermes(join(folder, 'helloworld'), 'repo', 'update', '--json');
    const { branch, outcome, files } = JSON.parse(done.stdout);
    const changed = files.filter((file: { readonly outcome: string }) => file.outcome !== 'keep');
    assert.deepEqual([branch, outcome, changed.length], ['hermes/update', 'opened', 3]);
    assert.equal(await inGit(folder, 'rev-parse', 'hermes/update^'), master);
  });

  it('takes what origin offers already, and never leads to a push that is refused', async () => {
    const folder = await olderClone();
    const origin = `${temporaryFolder()}/weather.git`;
    await inGit(folder, 'clone', '--quiet', '--bare', folder, origin);
    await inGit(folder, 'remote', 'add', 'origin', origin);
    await hermes(folder, 'repo', 'update');
    await inGit(folder, 'push', '--quiet', 'origin', 'hermes/update');
    const offered = await inGit(folder, 'rev-parse', 'hermes/update');
    await inGit(folder, 'branch', '--quiet', '-D', 'hermes/update');
    const same = await hermes(folder, 'repo', 'update');
    assert.ok(
      same.stdout.endsWith(
        `Origin has the same update on its branch hermes/update already, perhaps as an open pull request: take that one.

Next:
  git diff master origin/hermes/update   look at it
  git switch hermes/update               go there
`,
      ),
      same.stdout,
    );
    await inGit(folder, 'switch', '--quiet', 'hermes/update');
    assert.equal(await inGit(folder, 'rev-parse', 'HEAD'), offered);
    await inGit(folder, 'commit', '--quiet', '--allow-empty', '--message', 'Mine');
    await inGit(folder, 'push', '--quiet', 'origin', 'hermes/update');
    await inGit(folder, 'switch', '--quiet', 'master');
    await inGit(folder, 'branch', '--quiet', '-D', 'hermes/update');
    const others = await hermes(folder, 'repo', 'update');
    assert.match(others.stdout, /holds commits of others, so a push is refused/);
    assert.ok(!others.stdout.includes('git push'));
  });

  it('follows no link out of the repository, and writes nothing there', async () => {
    const folder = await olderClone();
    const outside = temporaryFolder();
    writeFileSync(join(outside, 'test.sh'), 'mine\n');
    rmSync(join(folder, 'build_tools'), { recursive: true });
    symlinkSync(outside, join(folder, 'build_tools'));
    rmSync(join(folder, '.travis.yml'));
    symlinkSync('/etc/passwd', join(folder, '.travis.yml'));
    await commitAll(folder);
    const done = await hermes(folder, 'repo', 'update');
    assert.match(done.stdout, /\.travis\.yml +left alone: it is a link, which cannot be merged\n/);
    assert.match(done.stdout, /build_tools\/deploy\.sh +left alone: something else stands in its place\n/);
    assert.match(done.stdout, /build_tools\/test\.sh +stays deleted, since you deleted it\n/);
    const changed = await inGit(folder, 'diff', '--name-only', 'master', 'hermes/update');
    assert.equal(changed, '.hermes/template.json');
    assert.deepEqual(readdirSync(outside), ['test.sh']);
    assert.equal(readFileSync(join(outside, 'test.sh'), 'utf8'), 'mine\n');
    const checked = await hermes(folder, 'repo', 'check');
    assert.match(checked.stdout, /✗ \.travis\.yml +changed by hand\n/);
    assert.match(checked.stdout, /✗ build_tools\/test\.sh +missing\n/);
  });

  it('brings a file back by the one command that the check names, whatever became of it', async () => {
    const folder = await olderClone();
    await hermes(folder, 'repo', 'update');
    await inGit(folder, 'merge', '--quiet', 'hermes/update');
    const script = join(folder, 'build_tools/test.sh');
    const spoil = [
      () => writeFileSync(script, 'mine\n'),
      () => chmodSync(script, 0o644),
      () => rmSync(script),
      () => {
        rmSync(script);
        symlinkSync('/etc/passwd', script);
      },
    ];
    for (const change of spoil) {
      change();
      const checked = await hermes(join(folder, 'helloworld'), 'repo', 'check');
      const [, command = ''] = / comes back as the template has it with: (.+)/.exec(checked.stderr) ?? [];
      execFileSync('sh', ['-c', command], { cwd: join(folder, 'helloworld') });
      assert.equal((await hermes(folder, 'repo', 'check')).code, 0, command);
    }
  });

  it('names a shallow clone, whose history does not tell what the template was', async () => {
    const folder = await olderClone();
    const travis = join(folder, '.travis.yml');
    writeFileSync(travis, `# mine\n${readFileSync(travis, 'utf8')}`);
    await commitAll(folder);
    const shallow = join(temporaryFolder(), 'weather');
    await inGit(folder, 'clone', '--quiet', '--depth=1', `file://${folder}`, shallow);
    assert.deepEqual(await hermes(shallow, 'repo', 'update', '--plan'), {
      code: 2,
      stdout: '',
      stderr: `Cannot update ${shallow}: it is a shallow clone, and merging needs what the history holds.\nFetch the rest: git fetch --unshallow\n`,
    });
    await inGit(shallow, 'fetch', '--quiet', '--unshallow');
    const planned = await hermes(shallow, 'repo', 'update', '--plan');
    assert.match(planned.stdout, /✓ \.travis\.yml +merged/);
  });

  it('says of a conflict in what is no text where the version of the template is', async () => {
    const folder = await olderClone();
    writeFileSync(join(folder, '.travis.yml'), Buffer.from([0, 1, 2]));
    await commitAll(folder);
    const done = await hermes(folder, 'repo', 'update');
    assert.match(
      done.stdout,
      /^ {2}cp \.hermes\/base\/\.travis\.yml \.travis\.yml +only to take the version of the template$/m,
    );
    assert.ok(!done.stdout.includes('<<<<<<<'));
  });

  it('says that a folder is not there, and follows no link to a record', async () => {
    const folder = await olderClone();
    for (const verb of ['check', 'update'])
      assert.deepEqual(await hermes(folder, 'repo', verb, 'nope'), {
        code: 2,
        stdout: '',
        stderr: `Cannot ${verb} ${join(folder, 'nope')}: there is no such folder.\nName the folder of a clone. For a repository of an organisation: hermes repo ${verb} --all ORG --only NAME\n`,
      });
    rmSync(join(folder, '.hermes/template.json'));
    symlinkSync('/etc/passwd', join(folder, '.hermes/template.json'));
    const linked = await hermes(folder, 'repo', 'check');
    assert.deepEqual(
      [linked.code, linked.stderr.split('\n')[0]],
      [2, 'Cannot read .hermes/template.json: .hermes/template.json is a link.'],
    );
  });

  it('says what is missing where there is no repository, no record, or a broken one', async () => {
    const empty = temporaryFolder();
    const none = await hermes(empty, 'repo', 'update');
    assert.deepEqual(
      [none.code, none.stderr.split('\n')[0]],
      [
        2,
        `Cannot update ${empty}: no .hermes/template.json here or above, so it was not made from a template.`,
      ],
    );
    const folder = await olderClone();
    rmSync(join(folder, '.git'), { recursive: true });
    const bare = await hermes(folder, 'repo', 'update');
    assert.deepEqual(
      [bare.code, bare.stderr.split('\n')[0]],
      [2, `Cannot update ${folder}: it is not the root of a repository of git.`],
    );
    writeFileSync(join(folder, '.hermes/template.json'), '{\n  "version": 1\n}\n');
    const broken = await hermes(folder, 'repo', 'update');
    assert.equal(broken.code, 2);
    assert.match(broken.stderr, /^\.hermes\/template\.json:2:14 {2}version/m);
  });
});
