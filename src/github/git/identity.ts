import { hostname, userInfo } from 'node:os';
import { type GitContext, git } from './git.ts';

/** Whom git names as the author of a commit. */
export interface Identity {
  readonly name: string;
  readonly email: string;
  /** True when the settings of git do not hold it. */
  readonly assumed: boolean;
  /** True when nobody said its name or its email, so that it was made from the machine's user. */
  readonly isMadeUp?: boolean;
}

/** The identity that git would use; where git has none, one made from the user and the host. */
export async function resolveIdentity(folder: string, context: GitContext): Promise<Identity> {
  const settings = await readSettings(folder, context);
  const { env } = context;
  const name = settings.get('user.name');
  const email = settings.get('user.email') ?? env.EMAIL;
  const user = userInfo().username;
  const said = [firstText(env.GIT_AUTHOR_NAME, name), firstText(env.GIT_AUTHOR_EMAIL, email)] as const;
  return {
    name: firstText(said[0], user),
    email: firstText(said[1], `${user}@${hostname()}`),
    assumed: isBlank(name) || isBlank(email),
    isMadeUp: said.some(isBlank),
  };
}

async function readSettings(folder: string, context: GitContext): Promise<Map<string, string>> {
  // Without any match git exits with 1; a setting of our own always matches.
  const text = await git(
    folder,
    ['-c', 'hermes.asked=yes', 'config', '--null', '--get-regexp', '^(user\\.(name|email)|hermes\\.asked)$'],
    context,
  );
  const entries = text.split('\0').filter((entry) => entry !== '');
  return new Map(
    entries.map((entry) => {
      const [key = '', ...value] = entry.split('\n');
      return [key, value.join('\n')];
    }),
  );
}

function firstText(...texts: (string | undefined)[]): string {
  return texts.find((text) => !isBlank(text)) ?? '';
}

function isBlank(text: string | undefined): text is undefined {
  return text === undefined || text.trim() === '';
}
