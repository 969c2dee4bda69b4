import { appendFileSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '../core/make-folder.ts';
import { FAST_IMPORT, renderFastImport } from './fast-import.ts';
import type { FirstCommit } from './first-commit.ts';
import { type GitContext, git } from './git.ts';
import { DEFAULT_BRANCH } from './repository-host.ts';

/** A checkout that waits beside its place until its origin stands. */
export interface ImportedCheckout {
  /** Hash of its one commit. */
  readonly commit: string;
  /** Puts it where it belongs; false when something is there meanwhile. */
  settle(origin: string): boolean;
  /** Removes what waits; does nothing after it was put in its place. */
  discard(): void;
}

const TRACK = `reset refs/remotes/origin/${DEFAULT_BRANCH}\nfrom :1\n\n`;

/**
 * Imports a first commit into a checkout of its own, so that it can be made while the origin is: the same import
 * gives the same commit. What it lacks is what only `git clone` knows; compare the commits before it is settled.
 * @returns undefined when it cannot be made: a clone says why
 */
export async function importCheckout(
  first: FirstCommit,
  folder: string,
  context: GitContext,
): Promise<ImportedCheckout | undefined> {
  let aside: string | undefined;
  const discard = () => {
    if (aside !== undefined) rmSync(aside, { recursive: true, force: true });
  };
  try {
    makeFolder(dirname(folder));
    aside = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`));
    const waiting = join(aside, 'checkout');
    await git(aside, ['-c', `init.defaultBranch=${DEFAULT_BRANCH}`, 'init', '--quiet', waiting], context);
    const script = Buffer.concat([renderFastImport(first), Buffer.from(TRACK)]);
    const commit = await git(waiting, FAST_IMPORT, context, script);
    await git(waiting, ['checkout', '--quiet', '--force', DEFAULT_BRANCH], context);
    appendFileSync(join(waiting, '.git', 'config'), renderUser(first.identity));
    return { commit, discard, settle: (origin) => settle(waiting, folder, origin) };
  } catch {
    discard();
    return undefined;
  }
}

function settle(waiting: string, folder: string, origin: string): boolean {
  appendFileSync(join(waiting, '.git', 'config'), renderOrigin(origin));
  const tracked = join(waiting, '.git', 'refs', 'remotes', 'origin');
  // A store of refs that is no folder does without: only `git checkout origin` asks for it.
  if (existsSync(tracked))
    writeFileSync(join(tracked, 'HEAD'), `ref: refs/remotes/origin/${DEFAULT_BRANCH}\n`);
  try {
    renameSync(waiting, folder);
    return true;
  } catch (error) {
    if (!existsSync(folder)) throw error;
    return false;
  }
}

/** What `git clone` writes of the origin and of the branch that follows it. */
function renderOrigin(url: string): string {
  return (
    `[remote "origin"]\n\turl = ${quoted(url)}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n` +
    `[branch "${DEFAULT_BRANCH}"]\n\tremote = origin\n\tmerge = refs/heads/${DEFAULT_BRANCH}\n`
  );
}

/** An identity that git does not know is kept, so that the next commit works too. */
function renderUser({ assumed, name, email }: FirstCommit['identity']): string {
  return assumed ? `[user]\n\tname = ${quoted(name)}\n\temail = ${quoted(email)}\n` : '';
}

/** A value as git reads it from a file (https://git-scm.com/docs/git-config#_syntax). */
function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
}
