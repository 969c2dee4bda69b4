import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveHome } from '../../../src/config/home.ts';
import { createDiskHost } from '../../../src/github/disk-host.ts';
import { cloneCheckout } from '../../../src/github/git/checkout.ts';
import { beginCheckout } from '../../../src/github/git/linked-checkout.ts';
import type { RepositorySettings } from '../../../src/github/repository-settings.ts';
import { temporaryFolder } from '../../setup.ts';

const identity = { name: 'Ada "A" \\ #1', email: 'ada@example.com', assumed: true };
const first = {
  files: [
    { path: 'build_tools/deploy.sh', bytes: Buffer.from('#!/bin/sh\n'), executable: true },
    { path: 'naïve ü.txt', bytes: Buffer.from('a\nb\n'), executable: false },
  ],
  message: 'Start weather',
  identity,
  date: new Date('2026-11-21T06:00:00Z'),
};

describe('a checkout that shares the pack of its origin', () => {
  it('is what git clone makes', async () => {
    const folder = join(temporaryFolder(), 'odd " \\ # name');
    mkdirSync(folder);
    const context = contextIn(folder, { 'init.templateDir': templateIn(folder) });
    const begun = await beginCheckout(join(folder, 'linked'), context);
    const origin = await makeOrigin(folder, context);
    assert.equal(await begun?.finish(origin, identity), true);
    begun?.discard();
    await cloneCheckout(origin.cloneUrl, join(folder, 'cloned'), identity, folder, context);

    const [ours, theirs] = ['linked', 'cloned'].map((name) =>
      describeCheckout(join(folder, name), context.env),
    );
    assert.deepEqual(ours, theirs);
    assert.deepEqual(leftovers(folder), []);
  });

  it('lives on without its origin', async () => {
    const folder = temporaryFolder();
    const context = contextIn(folder, {});
    const origin = await makeOrigin(folder, context);
    const begun = await beginCheckout(join(folder, 'weather'), context);
    await begun?.finish(origin, identity);
    rmSync(origin.cloneUrl, { recursive: true });
    const words = ['log', '--format=%H %s', '--stat'];
    const said = execFileSync('git', words, { cwd: join(folder, 'weather'), env: context.env });
    assert.match(said.toString(), new RegExp(`^${origin.commit} Start weather`));
  });

  it('leaves alone what is there meanwhile, for a clone to tell of', async () => {
    const folder = temporaryFolder();
    const context = contextIn(folder, {});
    const origin = await makeOrigin(folder, context);
    const begun = await beginCheckout(join(folder, 'weather'), context);
    mkdirSync(join(folder, 'weather'));
    writeFileSync(join(folder, 'weather', 'mine.txt'), 'mine');
    assert.equal(await begun?.finish(origin, identity), false);
    begun?.discard();
    assert.deepEqual(leftovers(folder), []);
    assert.deepEqual(readdirSync(join(folder, 'weather')), ['mine.txt']);
  });

  it('gives way to a clone where it cannot be made, and leaves nothing', async () => {
    const folder = temporaryFolder();
    const context = contextIn(folder, {});
    const place = join(folder, 'weather');
    const gone = { ...context, signal: AbortSignal.abort() };
    assert.equal(await beginCheckout(place, gone), undefined);
    const nowhere = { cloneUrl: join(folder, 'nowhere.git'), commit: '0'.repeat(40) };
    const begun = await beginCheckout(place, context);
    assert.equal(await begun?.finish(nowhere, identity), false);
    begun?.discard();
    writeFileSync(join(folder, 'file'), '');
    assert.equal(await beginCheckout(join(folder, 'file', 'weather'), context), undefined);
    assert.deepEqual(readdirSync(folder).sort(), ['.gitconfig', 'file']);
  });

  it('gives way to a clone where git wants other hashes', async () => {
    const folder = temporaryFolder();
    const context = contextIn(folder, {});
    const origin = await makeOrigin(folder, context);
    const env = { ...context.env, GIT_DEFAULT_HASH: 'sha256' };
    const begun = await beginCheckout(join(folder, 'weather'), { ...context, env });
    assert.equal(await begun?.finish(origin, identity), false);
    begun?.discard();
  });
});

function leftovers(folder: string): string[] {
  return readdirSync(folder).filter((name) => /^\.(linked|weather)-/.test(name));
}

/** Git without the settings of this machine, with these. */
function contextIn(folder: string, settings: Readonly<Record<string, string>>) {
  const path = join(folder, '.gitconfig');
  writeFileSync(path, '');
  for (const [key, value] of Object.entries(settings))
    execFileSync('git', ['config', '--file', path, key, value]);
  const env = { ...process.env, GIT_CONFIG_GLOBAL: path, GIT_CONFIG_NOSYSTEM: '1' };
  return { env, signal: new AbortController().signal };
}

/** A user's own template: hooks that every repository of his gets. */
function templateIn(folder: string): string {
  const template = join(folder, 'template');
  mkdirSync(join(template, 'hooks'), { recursive: true });
  writeFileSync(join(template, 'hooks', 'pre-commit'), '#!/bin/sh\n', { mode: 0o755 });
  return template;
}

async function makeOrigin(folder: string, context: ReturnType<typeof contextIn>) {
  const host = createDiskHost(resolveHome(folder, {}), {
    env: context.env,
    command: [process.execPath, 'main'],
  });
  const settings: RepositorySettings = {
    ...{ description: '', visibility: 'private', team: 'weather', variables: {}, secrets: {} },
    ...{ environments: [], mergeRules: { approvals: 1, checks: [] } },
  };
  const mark = { path: 'x', describe: () => undefined };
  return await host.create({ name: 'weather', first, mark, settings }, () => {}, context.signal);
}

/** Everything of a checkout that its user or git meets. */
function describeCheckout(folder: string, env: NodeJS.ProcessEnv) {
  const ask = (...words: string[]) => execFileSync('git', words, { cwd: folder, env, encoding: 'utf8' });
  return {
    fsck: ask('fsck', '--strict'),
    status: ask('status', '--short', '--branch'),
    settings: ask('config', '--local', '--list').split('\n').sort(),
    refs: ask('for-each-ref', '--format', '%(refname) %(objectname) %(symref)'),
    head: ask('symbolic-ref', 'HEAD'),
    index: ask('ls-files', '--stage'),
    files: ask('ls-files', '-z')
      .split('\0')
      .filter(Boolean)
      .map((path) => readFileSync(join(folder, path), 'utf8')),
    hook: existsSync(join(folder, '.git', 'hooks', 'pre-commit')),
    push: ask('push', '--dry-run', '--porcelain'),
  };
}
