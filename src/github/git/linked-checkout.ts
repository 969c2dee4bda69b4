import {
  appendFileSync,
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '../../core/make-folder.ts';
import { DEFAULT_BRANCH } from '../repository-host.ts';
import { type GitContext, git } from './git.ts';
import type { Identity } from './identity.ts';

/** A repository on this disk that was just made: its one commit lies in one pack. */
interface FreshOrigin {
  /** Absolute path of the bare repository. */
  readonly cloneUrl: string;
  readonly commit: string;
}

/** An empty repository that waits beside its place while its origin is made. */
export interface BegunCheckout {
  /** Fills it from its origin and puts it in its place; false when a clone has to do it, which says what is wrong. */
  finish(origin: FreshOrigin, identity: Identity): Promise<boolean>;
  /** Removes what waits; does nothing after it was put in its place. */
  discard(): void;
}

/**
 * Begins the checkout of a repository that is being made on this disk. It becomes what `git clone` makes, which needs
 * four processes one after the other; here all but one work while the origin is made. `git init` brings the user's own
 * template.
 */
export async function beginCheckout(folder: string, context: GitContext): Promise<BegunCheckout | undefined> {
  let aside: string | undefined;
  const discard = () => {
    if (aside !== undefined) rmSync(aside, { recursive: true, force: true });
  };
  try {
    makeFolder(dirname(folder));
    aside = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`));
    const waiting = join(aside, 'checkout');
    await git(aside, ['-c', `init.defaultBranch=${DEFAULT_BRANCH}`, 'init', '--quiet', waiting], context);
    return { discard, finish: (origin, identity) => finish(waiting, folder, origin, identity, context) };
  } catch {
    discard();
    return undefined;
  }
}

async function finish(
  waiting: string,
  folder: string,
  { cloneUrl, commit }: FreshOrigin,
  identity: Identity,
  context: GitContext,
): Promise<boolean> {
  const store = join(waiting, '.git');
  try {
    linkPack(cloneUrl, store);
    // Where refs are no files, git does not find this one, and a clone is made.
    const remote = join(store, 'refs', 'remotes', 'origin');
    mkdirSync(remote, { recursive: true });
    writeFileSync(join(remote, DEFAULT_BRANCH), `${commit}\n`);
    writeFileSync(join(remote, 'HEAD'), `ref: refs/remotes/origin/${DEFAULT_BRANCH}\n`);
    appendFileSync(join(store, 'config'), renderOrigin(cloneUrl) + renderUser(identity));
    const words = ['checkout', '--quiet', '--force', '--no-track', '-B', DEFAULT_BRANCH];
    await git(waiting, [...words, `refs/remotes/origin/${DEFAULT_BRANCH}`], context);
    renameSync(waiting, folder);
    return true;
  } catch (error) {
    if (context.signal.aborted) throw error;
    return false;
  }
}

/** As `git clone` does on one disk; on another one the pack is copied. */
function linkPack(origin: string, store: string): void {
  const [from, to] = [origin, store].map((place) => join(place, 'objects', 'pack')) as [string, string];
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    try {
      linkSync(join(from, name), join(to, name));
    } catch {
      copyFileSync(join(from, name), join(to, name), constants.COPYFILE_EXCL);
    }
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
function renderUser({ assumed, name, email }: Identity): string {
  return assumed ? `[user]\n\tname = ${quoted(name)}\n\temail = ${quoted(email)}\n` : '';
}

/** A value as git reads it from a file (https://git-scm.com/docs/git-config#_syntax). */
function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
}
