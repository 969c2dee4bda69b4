import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveHome } from '../../src/config/home.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { createDiskHost } from '../../src/github/disk-host.ts';
import { git } from '../../src/github/git/git.ts';
import { createGitHubHost } from '../../src/github/github-host.ts';
import type { HermesCommand } from '../../src/github/hook/receive-hook.ts';
import { itHostsRepositories } from '../contracts/repository-host.ts';
import { repositoryNamed } from '../fakes/github/seed.ts';
import { type GitHubDouble, type GitHubOptions, startGitHub, TOKEN } from '../fakes/github/start-github.ts';
import type { Token } from '../fakes/github/state.ts';
import { createMemoryHost } from '../fakes/memory-host.ts';
import { swiftClock } from '../fakes/swift-clock.ts';
import { temporaryFolder } from '../setup.ts';
import { cloneOf, makeApp, openDouble } from './github-under-test.ts';
import { wantedRepository } from './wanted-repository.ts';

const sources: HermesCommand = [process.execPath, join(packageRoot, 'src', 'cli', 'main.ts')];
const { signal } = new AbortController();
const silent = () => {};
const diskHost = (folder = temporaryFolder(), command = sources) =>
  createDiskHost(resolveHome(folder, {}), { env: process.env, command });

describe('a host in memory', () => itHostsRepositories(() => ({ host: createMemoryHost() })));

for (const [title, options] of [
  ['a host on GitHub', {}],
  ['a host on GitHub whose repositories are late', { lateContent: 3 }],
  ['a host on an own server without rulesets', { features: { enterpriseVersion: '3.17.2' } }],
] satisfies [string, GitHubOptions][]) {
  describe(title, () => {
    let double: GitHubDouble | undefined;
    afterEach(async () => {
      const used = double;
      double = undefined;
      await used?.stop();
    });
    itHostsRepositories(async () => {
      const github = await startGitHub(options);
      double = github;
      const host = createGitHubHost(await openDouble(github), 'acme', swiftClock());
      return { host, clone: (name) => cloneOf(github, name) };
    });
  });
}

describe('a host on GitHub, for an App', () => {
  let double: GitHubDouble;
  const { app, credential } = makeApp();
  const open = async () =>
    createGitHubHost(await openDouble(double, signal, swiftClock(), credential), 'acme', swiftClock());
  afterEach(() => double.stop());

  itHostsRepositories(async () => {
    double = await startGitHub({ app });
    return { host: await open(), clone: (name) => cloneOf(double, name) };
  });

  it('says of an App that is not installed where to install it', async () => {
    double = await startGitHub({ app: { ...app, organisation: 'other' } });
    await assert.rejects((await open()).create(wantedRepository(), silent, signal), {
      code: 'HERMES_GITHUB_NO_INSTALLATION',
      message: 'Cannot sign in as the GitHub App 77: it is not installed in acme.',
      nextStep: `Correct --org, or have an owner of acme install it for all repositories: ${double.gitUrl}/organizations/acme/settings/installations`,
    });
  });
});

describe('a token on an own server that sees no repository but those it was given', () => {
  it('is told what it needs, not that the server has no environments', async () => {
    const permissions = {
      metadata: 'read',
      members: 'read',
      administration: 'write',
      contents: 'write',
    } as const;
    const token: Token = { kind: 'fine-grained', login: 'ana', permissions, repositories: ['other'] };
    const features = { enterpriseVersion: '3.17.2' };
    const double = await startGitHub({ features, tokens: { [TOKEN]: token } });
    const host = createGitHubHost(await openDouble(double), 'acme', swiftClock());
    const told: string[] = [];
    const wanted = wantedRepository('weather', { variables: {}, secrets: {} });
    const attempt = host.create(wanted, ({ name, outcome }) => told.push(`${name} ${outcome}`), signal);
    await assert.rejects(attempt, (error: Error) => {
      assert.match(error.message, /^Cannot make the environment dev of acme\/weather \[.*status=404/);
      return true;
    });
    assert.deepEqual(told, ['repository done']);
    await double.stop();
  });
});

describe('a repository on GitHub that is archived', () => {
  it('is not taken for one that stands as it is wanted', async () => {
    const double = await startGitHub();
    const host = createGitHubHost(await openDouble(double), 'acme', swiftClock());
    await host.create(wantedRepository(), silent, signal);
    repositoryNamed(double, 'weather').archived = true;
    await assert.rejects(host.create(wantedRepository(), silent, signal), {
      code: 'HERMES_GITHUB_ARCHIVED',
      message: `Cannot create repository acme/weather [repository=${double.gitUrl}/acme/weather]: it stands, and is archived.`,
      nextStep: `Take it out of the archive, or choose another name: ${double.gitUrl}/acme/weather/settings`,
    });
    await double.stop();
  });
});

describe('a host on disk', () => {
  itHostsRepositories(() => {
    const folder = temporaryFolder();
    const host = diskHost(folder);
    const clone = async (name: string) => {
      const found = await host.find(name, signal);
      await git(folder, ['clone', '--quiet', found?.cloneUrl ?? '', name], { env: process.env, signal });
      return join(folder, name);
    };
    return { host, clone };
  });

  it('marks its home, so that folders below find it', async () => {
    const folder = temporaryFolder();
    await diskHost(folder).create(wantedRepository(), silent, signal);
    assert.ok(existsSync(`${folder}/.hermes/embedded.json`));
    assert.equal(resolveHome(`${folder}/deep/below`, {}).root, `${folder}/.hermes`);
  });

  it('leaves nothing behind when git is missing', async () => {
    const folder = temporaryFolder();
    const host = createDiskHost(resolveHome(folder, {}), { env: { PATH: '' }, command: ['node', 'main'] });
    await assert.rejects(host.create(wantedRepository(), silent, signal), {
      code: 'HERMES_NO_GIT',
      message: 'Cannot find git on the PATH.',
      nextStep: 'Install git (https://git-scm.com/downloads), then run the command again.',
    });
    assert.equal(await host.find('weather', signal), undefined);
  });

  it('writes a hook that survives quotes in paths and a home that moves', async () => {
    const folder = temporaryFolder();
    const host = diskHost(folder, ['/no/node', "/it's/main.js"]);
    const { cloneUrl } = await host.create(wantedRepository(), silent, signal);
    const hook = readFileSync(`${cloneUrl}/hooks/post-receive`, 'utf8');
    assert.match(hook, /exec '\/no\/node' '\/it'\\''s\/main\.js' repo receive/);
    assert.ok(!hook.includes(folder));
  });
});
