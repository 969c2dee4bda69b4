import { existsSync, lstatSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findDefaultBranch } from '../../../../ci/default-branch.ts';
import { detectCi } from '../../../../ci/detect-ci.ts';
import { findBase } from '../../../../ci/find-base.ts';
import { ask, type Git, tryAsk } from '../../../../ci/git.ts';
import { readHead } from '../../../../ci/repository-facts.ts';
import { ConfigError, HermesError } from '../../../core/errors.ts';
import { printableLine } from '../../../core/printable.ts';
import { DEFAULT_BRANCH } from '../../../github/repository-host.ts';
import type { Cli } from '../../cli.ts';

/** Where the work on a repository began. */
export interface BaseCommit {
  /** As the user or CI named it. Any text. */
  readonly ref: string;
  readonly commit: string;
}

/**
 * Finds the commit that the work is compared with: where it left the branch of the pull request, the default branch, or
 * what the user names.
 * @throws ConfigError when git knows no such commit; ConnectionError when origin has it and cannot be asked
 */
export async function findBaseCommit(cli: Cli, git: Git, asked: string | undefined): Promise<BaseCommit> {
  const event = detectCi(cli.env);
  const target = event.kind === 'pull-request' ? event.target : undefined;
  const ref = asked ?? target ?? (await findDefaultBranch(git, event))?.name ?? DEFAULT_BRANCH;
  const head = await readHead(git);
  // What begins with a dash is no option behind this one (https://git-scm.com/docs/git-rev-parse).
  const known = await tryAsk(git, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${ref}^{commit}`,
  ]);
  if (!(await mayBeRemote(git, ref, known))) {
    if (known === undefined) throw unknownBase(ref);
    return { ref, commit: (await tryAsk(git, ['merge-base', known, head])) ?? known };
  }
  try {
    return { ref, commit: (await findBase(git, { branch: ref, head, hint: event.targetCommit })).commit };
  } catch (error) {
    if (known === undefined) throw error instanceof HermesError ? forThisCommand(error, ref) : error;
    return { ref, commit: (await tryAsk(git, ['merge-base', known, head])) ?? known };
  }
}

/** Whether origin should say where it stands: a branch, of a clone that has an origin. */
async function mayBeRemote(git: Git, ref: string, known: string | undefined): Promise<boolean> {
  if (known?.startsWith(ref) === true) return false;
  if ((await git.run(['check-ref-format', `refs/heads/${ref}`])).exitCode !== 0) return false;
  return (await git.run(['remote', 'get-url', 'origin'])).exitCode === 0;
}

function unknownBase(ref: string, hint?: string): ConfigError {
  return new ConfigError(
    `Cannot compare with ${printableLine(ref)}: there is no such branch, tag or commit.`,
    {
      code: 'HERMES_NO_BASE',
      nextStep: hint ?? 'Name one that is there: hermes airflow plan --base master',
    },
  );
}

/** The same search serves `hermes ci check`, which its advice names. */
function forThisCommand(error: HermesError, ref: string): HermesError {
  if (error.code === 'HERMES_NO_BRANCH') return unknownBase(ref, error.nextStep);
  const nextStep = error.nextStep?.replace('hermes ci check', 'hermes airflow plan');
  if (nextStep === error.nextStep || nextStep === undefined) return error;
  return new ConfigError(error.message, { code: error.code, nextStep, cause: error });
}

/**
 * Writes the files of a commit below `scratch`, through an index of its own, so that the repository stays as it is.
 * @returns the folder that stands for the working folder
 */
export async function checkoutCommit(cli: Cli, git: Git, commit: string, scratch: string): Promise<string> {
  const tree = join(scratch, 'base');
  // Searches for hermes.yaml and variables end there.
  mkdirSync(join(tree, '.git'), { recursive: true });
  const index = { GIT_INDEX_FILE: join(scratch, 'index') };
  await ask(git, ['read-tree', commit], index);
  await ask(git, ['checkout-index', '--all', '--quiet', `--prefix=${tree}/`], index);
  const root = realpathSync(git.root);
  const folder = join(tree, relative(root, realpathSync(cli.cwd)));
  mkdirSync(folder, { recursive: true });
  // What DAG files in TypeScript import is installed, not committed.
  for (const [from, to] of new Map([
    [root, tree],
    [cli.cwd, folder],
  ]))
    if (existsSync(join(from, 'node_modules')) && !isTaken(join(to, 'node_modules')))
      symlinkSync(join(from, 'node_modules'), join(to, 'node_modules'));
  return folder;
}

/** True also for a link that leads nowhere. */
function isTaken(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
