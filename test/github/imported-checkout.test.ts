import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveHome } from '../../src/config/home.ts';
import { cloneCheckout } from '../../src/github/checkout.ts';
import { createDiskHost } from '../../src/github/disk-host.ts';
import { importCheckout } from '../../src/github/imported-checkout.ts';
import type { RepositorySettings } from '../../src/github/repository-settings.ts';
import { temporaryFolder } from '../setup.ts';

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

describe('a checkout that is imported beside its origin', () => {
  it('is what git clone makes', async () => {
    const folder = join(temporaryFolder(), 'odd " \\ # name');
    mkdirSync(folder);
    const context = contextIn(folder, { 'init.templateDir': templateIn(folder) });
    const origin = await makeOrigin(folder, context);
    const imported = await importCheckout(first, join(folder, 'imported'), context);
    assert.equal(imported?.commit, origin.commit);
    assert.equal(imported.settle(origin.cloneUrl), true);
    imported.discard();
    await cloneCheckout(origin.cloneUrl, join(folder, 'cloned'), identity, folder, context);

    const [ours, theirs] = ['imported', 'cloned'].map((name) =>
      describeCheckout(join(folder, name), context.env),
    );
    assert.deepEqual(ours, theirs);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('.imported')),
      [],
    );
  });

  it('leaves alone what is there meanwhile', async () => {
    const folder = temporaryFolder();
    const context = contextIn(folder, {});
    const imported = await importCheckout(first, join(folder, 'weather'), context);
    mkdirSync(join(folder, 'weather'));
    writeFileSync(join(folder, 'weather', 'mine.txt'), 'mine');
    assert.equal(imported?.settle('/nowhere'), false);
    imported.discard();
    assert.deepEqual(readdirSync(folder).sort(), ['.gitconfig', 'weather']);
    assert.deepEqual(readdirSync(join(folder, 'weather')), ['mine.txt']);
  });

  it('gives way to a clone where git cannot make it, and leaves nothing', async () => {
    const folder = temporaryFolder();
    const context = contextIn(folder, { 'core.attributesFile': '~nobody-at-all/x' });
    assert.equal(await importCheckout(first, join(folder, 'weather'), context), undefined);
    const gone = { ...contextIn(folder, {}), signal: AbortSignal.abort() };
    assert.equal(await importCheckout(first, join(folder, 'weather'), gone), undefined);
    assert.deepEqual(readdirSync(folder), ['.gitconfig']);
    writeFileSync(join(folder, 'file'), '');
    assert.equal(await importCheckout(first, join(folder, 'file', 'weather'), gone), undefined);
  });

  it('has another commit where git wants other hashes, so that it is seen', async () => {
    const folder = temporaryFolder();
    const context = contextIn(folder, {});
    const origin = await makeOrigin(folder, context);
    const env = { ...context.env, GIT_DEFAULT_HASH: 'sha256' };
    const imported = await importCheckout(first, join(folder, 'weather'), { ...context, env });
    assert.notEqual(imported?.commit, origin.commit);
    imported?.discard();
  });
});

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
