import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Home, markHome } from '../config/home.ts';
import { ConfigError, HermesError, WorkFailedError } from '../core/errors.ts';
import { makeFolder } from '../core/make-folder.ts';
import { renderFastImport } from './git/fast-import.ts';
import { type GitContext, git } from './git/git.ts';
import { findCiRun } from './hook/ci-record.ts';
import type { CiRun } from './hook/ci-run.ts';
import { type HermesCommand, hasReceiveHook, installReceiveHook, installShim } from './hook/receive-hook.ts';
import {
  DEFAULT_BRANCH,
  type PlannedStep,
  type RepositoryHost,
  type StepOutcome,
  type WantedRepository,
} from './repository-host.ts';
import { describeWanted, repositoryTaken } from './repository-taken.ts';

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
export interface DiskHost extends RepositoryHost {
  /** The last CI run of a commit that left a result; `running` when it goes on, or was killed. */
  lastCi(name: string, commit: string): CiRun | undefined;
  /** Runs CI for a commit of the default branch as for a push; `onLine` gets what CI says meanwhile. */
  runCi(name: string, commit: string, onLine: (line: string) => void, signal: AbortSignal): Promise<CiRun>;
}

/** Opens the repositories of a home; nothing is made before the first of them. */
export function createDiskHost(
  home: Home,
  options: { readonly env: NodeJS.ProcessEnv; readonly command: HermesCommand },
): DiskHost {
  const folderOf = (name: string) => join(home.git, `${name}.git`);
  return {
    isOnThisDisk: true,
    find: async (name) => (isThere(name, folderOf(name)) ? { name, cloneUrl: folderOf(name) } : undefined),
    plan: async (wanted, signal) => {
      const folder = folderOf(wanted.name);
      const found = isThere(wanted.name, folder);
      if (found) await refuseOther(wanted, folder, { env: options.env, signal });
      return {
        repository: folder,
        looks: [],
        steps: planSteps(wanted, folder, found, hasReceiveHook(folder, options.command)),
      };
    },
    create: async (wanted, onStep, signal) => {
      const { name } = wanted;
      const folder = folderOf(name);
      const context = { env: options.env, signal };
      const made = isThere(name, folder) ? undefined : await makeBare(home, folder, wanted, context);
      if (made === undefined) await refuseOther(wanted, folder, context);
      const hooked = hasReceiveHook(folder, options.command);
      installShim(home.bin, options.command);
      installReceiveHook(folder, options.command);
      const commit = made ?? (await git(folder, ['rev-parse', '--verify', 'HEAD'], context));
      const steps = planSteps(wanted, folder, made === undefined, hooked).map(
        ({ purpose, isDone, name: step }): StepOutcome => ({
          name: step,
          purpose,
          outcome: isDone ? 'there' : 'done',
        }),
      );
      for (const step of steps) onStep(step);
      const place = { name, cloneUrl: folder, webUrl: folder, defaultBranch: DEFAULT_BRANCH };
      return { ...place, commit, isMade: made !== undefined, steps };
    },
    lastCi: (name, commit) => findCiRun(home.ci, name, commit),
    runCi: async (name, commit, onLine, signal) => {
      const { runReceiveHook } = await import('./hook/run-receive-hook.ts');
      await runReceiveHook(folderOf(name), commit, { env: options.env, signal }, onLine);
      const run = findCiRun(home.ci, name, commit);
      if (run === undefined) throw noCiRun(name, folderOf(name));
      return run;
    },
  };
}

function planSteps(
  wanted: WantedRepository,
  folder: string,
  isThere: boolean,
  isHooked: boolean,
): PlannedStep[] {
  const { files } = wanted.first;
  const content = `hold ${files.length} files in one commit on ${DEFAULT_BRANCH}`;
  const import_ = { method: 'git fast-import', path: folder };
  const hook = { method: 'write', path: join(folder, 'hooks', 'post-receive') };
  return [
    { name: 'content', purpose: content, calls: isThere ? [] : [import_], isDone: isThere },
    { name: 'CI', purpose: 'run CI after each push', calls: isHooked ? [] : [hook], isDone: isHooked },
  ];
}

function isThere(name: string, folder: string): boolean {
  if (!existsSync(folder)) return false;
  if (!existsSync(join(folder, 'HEAD'))) throw noRepository(name, folder);
  return true;
}

/** @returns the commit, undefined when another process was quicker */
async function makeBare(
  home: Home,
  folder: string,
  { name, first }: WantedRepository,
  context: GitContext,
): Promise<string | undefined> {
  markHome(home);
  makeFolder(home.git);
  const aside = mkdtempSync(join(home.git, `.${name}-`));
  try {
    writeBareRepository(aside);
    const commit = await git(aside, FAST_IMPORT, context, renderFastImport(first));
    return claim(aside, folder) ? commit : undefined;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** @throws ConfigError when the repository is not the one that is wanted */
async function refuseOther(wanted: WantedRepository, folder: string, context: GitContext): Promise<void> {
  const { path, describe } = wanted.mark;
  const text = await git(folder, ['show', `HEAD:${path}`], context).catch((error: unknown) => {
    if (error instanceof HermesError && error.code === 'HERMES_GIT_FAILED') return '';
    throw error;
  });
  const is = describe(text);
  if (is === undefined || is !== describeWanted(wanted)) throw repositoryTaken(wanted.name, folder, is);
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

/** Gives a finished repository its name; false when another one has it, also when both came at once. */
function claim(aside: string, folder: string): boolean {
  try {
    renameSync(aside, folder);
    return true;
  } catch (error) {
    if (!existsSync(folder)) throw error;
    return false;
  }
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
