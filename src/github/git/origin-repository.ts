import { HermesError } from '../../core/errors.ts';
import { type GitContext, git } from './git.ts';

/** What the remote `origin` of a clone names. */
export interface OriginRepository {
  /** Of the pages for people; absent where git is told an alias of ssh. */
  readonly host?: string;
  readonly owner: string;
  readonly name: string;
}

// `https://HOST/OWNER/NAME.git`, `ssh://git@HOST/OWNER/NAME.git`, `git@HOST:OWNER/NAME.git`
const ADDRESS =
  /^(?:(?:https?|ssh|git):\/\/(?:[^@/]*@)?([\w.-]+(?::\d+)?)\/|(?:[\w.-]+@)?([\w.-]+):)([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/;

/** Reads the address of a repository on GitHub; undefined for a folder, and for what has no owner and name. */
export function parseOrigin(url: string): OriginRepository | undefined {
  const [, ofUrl, ofSsh, owner, name] = ADDRESS.exec(url) ?? [];
  if (owner === undefined || name === undefined) return undefined;
  const host = hostOf(url, ofUrl ?? ofSsh ?? '');
  return { ...(host === undefined ? {} : { host }), owner, name };
}

/** A port is that of the pages only where git goes by https, too. */
function hostOf(url: string, given: string): string | undefined {
  const name = (url.startsWith('http') ? given : given.replace(/:\d+$/, '')).toLowerCase();
  if (!name.includes('.')) return undefined;
  // https://docs.github.com/en/authentication/troubleshooting-ssh/using-ssh-over-the-https-port
  return name === 'ssh.github.com' ? 'github.com' : name;
}

/** The address of the remote `origin`, as the clone around a folder has it. @throws HermesError where there is none */
export function originUrl(folder: string, context: GitContext): Promise<string> {
  return git(folder, ['config', '--get', 'remote.origin.url'], context);
}

/** The repository that the clone around a folder comes from; undefined outside of one, and where git is missing. */
export async function readOrigin(folder: string, context: GitContext): Promise<OriginRepository | undefined> {
  try {
    return parseOrigin(await originUrl(folder, context));
  } catch (error) {
    if (error instanceof HermesError) return undefined;
    throw error;
  }
}
