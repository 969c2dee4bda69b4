import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRepository, type RepositoryRequest } from '../../src/cli/create-repository.ts';
import { resolveHome } from '../../src/config/home.ts';
import { createDiskHost } from '../../src/github/disk-host.ts';
import { git } from '../../src/github/git/git.ts';
import type { RepositoryHost } from '../../src/github/repository-host.ts';
import { createMemoryHost } from '../fakes/memory-host.ts';
import { otherRepository } from '../github/wanted-repository.ts';
import { temporaryFolder } from '../setup.ts';

const { signal } = new AbortController();
const known = { ...process.env, GIT_AUTHOR_NAME: 'Ana López', GIT_AUTHOR_EMAIL: 'ana@example.com' };
const env = { ...known, GIT_COMMITTER_NAME: 'Ana López', GIT_COMMITTER_EMAIL: 'ana@example.com' };

describe('making a repository', () => {
  const requestIn = (cwd: string, change: Partial<RepositoryRequest> = {}): RepositoryRequest => {
    const basis = { name: 'weather', team: 'weather', kind: 'product', date: new Date() } as const;
    return { ...basis, folder: join(cwd, 'weather'), cwd, ...change };
  };
  const diskHost = (cwd: string): RepositoryHost =>
    createDiskHost(resolveHome(cwd, {}), { env, command: ['/no/node', '/no/main.js'] });
  const create = (request: RepositoryRequest, host: RepositoryHost) =>
    createRepository(request, host, { env, signal });

  it('leaves a clean checkout whose branch tracks a bare repository with the same commit', async () => {
    const cwd = temporaryFolder();
    const created = await create(requestIn(cwd), diskHost(cwd));
    const checkout = join(cwd, 'weather');
    const asked = (folder: string, ...words: string[]) => git(folder, words, { env, signal });
    assert.equal(await asked(checkout, 'status', '--porcelain', '--branch'), '## master...origin/master');
    assert.equal(await asked(created.cloneUrl, 'rev-parse', 'HEAD'), created.commit);
    assert.equal(
      await asked(checkout, 'log', '--format=%an <%ae> %s'),
      'Ana López <ana@example.com> Start weather from the product template of Hermes',
    );
    assert.equal((await asked(checkout, 'ls-files')).split('\n').length, created.files);
    assert.equal(
      await asked(checkout, 'ls-files', '--stage', 'build_tools').then(
        (text) => text.match(/^100755/gm)?.length,
      ),
      2,
    );
    assert.ok(existsSync(join(created.cloneUrl, 'hooks', 'post-receive')));
  });

  it('takes every file in, whatever the user ignores everywhere', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'ignore'), '*.csv\nbuild_tools\n');
    writeFileSync(join(cwd, 'config'), `[core]\n\texcludesFile = ${join(cwd, 'ignore')}\n`);
    const ignoring = { ...env, GIT_CONFIG_GLOBAL: join(cwd, 'config') };
    const created = await createRepository(requestIn(cwd), diskHost(cwd), { env: ignoring, signal });
    assert.equal(
      (await git(join(cwd, 'weather'), ['ls-files'], { env, signal })).split('\n').length,
      created.files,
    );
  });

  it('works for a user whom git does not know, and lets the next commit work too', async () => {
    const cwd = temporaryFolder();
    const { GIT_AUTHOR_NAME: _n, GIT_AUTHOR_EMAIL: _e, ...rest } = process.env;
    const unknown = { ...rest, EMAIL: '', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const created = await createRepository(requestIn(cwd), diskHost(cwd), { env: unknown, signal });
    assert.equal(created.identity.assumed, true);
    const words = ['commit', '--quiet', '--allow-empty', '--message', 'next'];
    await git(join(cwd, 'weather'), words, { env: unknown, signal });
  });

  const refusedWith = async (
    request: RepositoryRequest,
    host: RepositoryHost,
    code: string,
    message: string,
  ) => {
    const before = readdirSync(request.cwd, { recursive: true });
    await assert.rejects(create(request, host), { code, message });
    assert.deepEqual(readdirSync(request.cwd, { recursive: true }), before);
  };

  it('refuses a folder that exists before it makes anything', async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'weather'));
    const message = `Cannot create repository weather: ${cwd}/weather exists already.`;
    await refusedWith(requestIn(cwd), diskHost(cwd), 'HERMES_FOLDER_TAKEN', message);
  });

  it('refuses a name that belongs to something else before it makes anything', async () => {
    const cwd = temporaryFolder();
    await diskHost(cwd).create(otherRepository('weather'), () => {}, signal);
    const message = `Cannot create repository weather: a repository of that name exists at ${cwd}/.hermes/git/weather.git.`;
    await refusedWith(requestIn(cwd), diskHost(cwd), 'HERMES_REPOSITORY_TAKEN', message);
  });

  it('says whose it is when a name belongs to another team', async () => {
    const cwd = temporaryFolder();
    await create(requestIn(cwd, { team: 'sea' }), diskHost(cwd));
    rmSync(join(cwd, 'weather'), { recursive: true });
    const message = `Cannot create repository weather: the product repository of team sea exists at ${cwd}/.hermes/git/weather.git.`;
    await refusedWith(requestIn(cwd), diskHost(cwd), 'HERMES_REPOSITORY_TAKEN', message);
  });

  it('refuses a bad name before it makes anything', async () => {
    const cwd = temporaryFolder();
    const message =
      'repository name "Weather" is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them. For example: weather';
    await refusedWith(requestIn(cwd, { name: 'Weather' }), diskHost(cwd), 'HERMES_BAD_NAME', message);
  });

  it('makes nothing twice, and gives a clone that is gone again', async () => {
    const cwd = temporaryFolder();
    const first = await create(requestIn(cwd), diskHost(cwd));
    const second = await create(requestIn(cwd), diskHost(cwd));
    assert.deepEqual([first.isMade, first.isCloned], [true, true]);
    assert.deepEqual([second.isMade, second.isCloned, second.commit], [false, false, first.commit]);
    rmSync(join(cwd, 'weather'), { recursive: true });
    const third = await create(requestIn(cwd), diskHost(cwd));
    assert.deepEqual([third.isMade, third.isCloned, third.commit], [false, true, first.commit]);
    assert.equal(await git(join(cwd, 'weather'), ['rev-parse', 'HEAD'], { env, signal }), first.commit);
  });

  it('leaves the repository when it cannot be cloned, for the same command to go on', async () => {
    const cwd = temporaryFolder();
    const lost = createMemoryHost(() => join(cwd, 'nowhere.git'));
    await assert.rejects(create(requestIn(cwd), lost), (error: Error & { code: string }) => {
      assert.equal(error.code, 'HERMES_GIT_FAILED');
      assert.match(error.message, /^Cannot clone with git \[folder=.*, exit=128\]: fatal: .*nowhere\.git/);
      return true;
    });
    assert.deepEqual(readdirSync(cwd), []);
    assert.notEqual(await lost.find('weather', signal), undefined);
  });

  it('is finished by the same command when it is interrupted', async () => {
    const cwd = temporaryFolder();
    const stop = new AbortController();
    const disk = diskHost(cwd);
    const host: RepositoryHost = {
      ...disk,
      create: async (...words) => {
        const made = await disk.create(...words);
        stop.abort(new Error('interrupted by SIGINT'));
        return { ...made, commit: 'another' };
      },
    };
    await assert.rejects(createRepository(requestIn(cwd), host, { env, signal: stop.signal }), {
      message: 'interrupted by SIGINT',
    });
    assert.ok(!existsSync(join(cwd, 'weather')));
    const created = await create(requestIn(cwd), disk);
    assert.deepEqual([created.isMade, created.isCloned], [false, true]);
    assert.equal(await git(join(cwd, 'weather'), ['status', '--porcelain'], { env, signal }), '');
  });

  it('makes no clone where none is wanted', async () => {
    const cwd = temporaryFolder();
    const { folder: _folder, ...request } = requestIn(cwd);
    const created = await create(request, diskHost(cwd));
    assert.deepEqual([created.isMade, created.isCloned, readdirSync(cwd)], [true, false, ['.hermes']]);
  });
});
