import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Home, markHome } from '../config/home.ts';
import { ConfigError, WorkFailedError } from '../core/errors.ts';
import { makeFolder } from '../core/make-folder.ts';
import { findCiRun } from './ci-record.ts';
import { renderFastImport } from './fast-import.ts';
import { git } from './git.ts';
import { type HermesCommand, installReceiveHook, installShim } from './receive-hook.ts';
import { DEFAULT_BRANCH, type HostedRepository, type RepositoryHost } from './repository-host.ts';
import { runReceiveHook } from './run-receive-hook.ts';

// A user's own hooks folder must not replace the repository's receive hook.
const CONFIG = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	hooksPath = hooks
`;

// One pack, and no wait for the disk: as durable as an ordinary `git commit`, in a quarter of the time.
const FAST_IMPORT = ['-c', 'core.fsync=none', '-c', 'fastimport.unpackLimit=1', 'fast-import', '--quiet'];

/** Bare repositories under a home, with CI in their receive hook: the stand-in for GitHub on this machine. */
export function createDiskHost(
  home: Home,
  options: { readonly env: NodeJS.ProcessEnv; readonly command: HermesCommand },
): RepositoryHost {
  const folderOf = (name: string) => join(home.git, `${name}.git`);
  const hosted = (name: string): HostedRepository => ({ name, cloneUrl: folderOf(name) });
  return {
    find: async (name) => {
      if (!existsSync(folderOf(name))) return undefined;
      if (!existsSync(join(folderOf(name), 'HEAD'))) throw noRepository(name, folderOf(name));
      return hosted(name);
    },
    create: async (name, first, signal) => {
      markHome(home);
      makeFolder(home.git);
      const aside = mkdtempSync(join(home.git, `.${name}-`));
      const context = { env: options.env, signal };
      try {
        writeBareRepository(aside);
        const commit = await git(aside, FAST_IMPORT, context, renderFastImport(first));
        claim(aside, folderOf(name), name);
        return { ...hosted(name), commit };
      } finally {
        rmSync(aside, { recursive: true, force: true });
      }
    },
    remove: async (name) => {
      rmSync(folderOf(name), { recursive: true, force: true });
      rmSync(join(home.ci, name), { recursive: true, force: true });
    },
    enableCi: async (name) => {
      installShim(home.bin, options.command);
      installReceiveHook(folderOf(name), options.command);
    },
    runCi: async (name, commit, onLine, signal) => {
      await runReceiveHook(folderOf(name), commit, { env: options.env, signal }, onLine);
      const run = findCiRun(home.ci, name, commit);
      if (run === undefined) throw noCiRun(name, folderOf(name));
      return run;
    },
  };
}

function noRepository(name: string, folder: string): ConfigError {
  return new ConfigError(`Cannot work on repository ${name}: ${folder} is no git repository.`, {
    code: 'HERMES_NO_REPOSITORY',
    nextStep: 'Move it away, or put a repository of git in its place.',
  });
}

/** An empty bare repository, as `git init --bare` lays it out (https://git-scm.com/docs/gitrepository-layout). */
function writeBareRepository(folder: string): void {
  for (const name of ['objects', 'refs']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'HEAD'), `ref: refs/heads/${DEFAULT_BRANCH}\n`);
  writeFileSync(join(folder, 'config'), CONFIG);
}

/** Gives a finished repository its name; fails when another one has it, also when both came at once. */
function claim(aside: string, folder: string, name: string): void {
  try {
    renameSync(aside, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    throw repositoryTaken(name, folder);
  }
}

/** The name is in use at the host. */
export function repositoryTaken(name: string, place: string): ConfigError {
  return new ConfigError(`Cannot create repository ${name}: a repository of that name exists at ${place}.`, {
    code: 'HERMES_REPOSITORY_TAKEN',
    nextStep: `Choose another name, or work on that one: git clone ${place}`,
  });
}

function noCiRun(name: string, folder: string): WorkFailedError {
  return new WorkFailedError(
    `Cannot run CI of ${name} [repository=${folder}]: its receive hook left no result.`,
    {
      code: 'HERMES_NO_CI_RUN',
      nextStep: 'What the hook printed says why.',
    },
  );
}
