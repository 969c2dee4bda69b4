import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readHermesYaml } from '../../config/hermes-yaml.ts';
import { ConfigError, HermesError, WorkFailedError } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import { ProblemsError } from '../../core/problems.ts';
import { parseJsonSource } from '../../core/source-document.ts';
import { cloneCheckout } from '../../github/git/checkout.ts';
import type { GitContext } from '../../github/git/git.ts';
import { resolveIdentity } from '../../github/git/identity.ts';
import type { RepositoryHost } from '../../github/repository-host.ts';
import { shellWord } from '../shell-word.ts';
import type { FoundTeam } from './team-plan.ts';

/** Where repositories are, and how git runs. */
export interface RepositoryPlace {
  readonly host: RepositoryHost;
  readonly context: GitContext;
  /** Where the command was given. */
  readonly cwd: string;
  /** The context in which git reaches a repository of a host that wants a sign-in. */
  readonly signIn?: (cloneUrl: string) => Promise<GitContext>;
}

/**
 * Reads what the repository of a team says, from a clone that is left in `folder`. Without a repository there is none.
 * @throws ConfigError when it is another team's; ProblemsError for a file of variables that is none
 */
export async function readTeamRepository(
  team: string,
  repository: string,
  folder: string,
  { host, context, cwd, signIn }: RepositoryPlace,
): Promise<FoundTeam> {
  const hosted = await host.find(repository, context.signal);
  if (hosted === undefined) return { variables: new Map(), airflow: {} };
  const identity = await resolveIdentity(cwd, context);
  const signedIn = (await signIn?.(hosted.cloneUrl)) ?? context;
  await cloneCheckout(hosted.cloneUrl, folder, identity, cwd, signedIn, ['--depth', '1']).catch(
    (error: unknown) => {
      throw unreadable(error, team, hosted.cloneUrl);
    },
  );
  // A creation that was interrupted before its content came: it is gone on with.
  if (signIn !== undefined && isBlank(folder)) {
    rmSync(folder, { recursive: true, force: true });
    return { variables: new Map(), airflow: {} };
  }
  const yaml = readHermesYaml(folder, folder);
  const owner = yaml?.team;
  if (owner !== team) {
    throw new ConfigError(
      `Cannot enrol ${team}: the repository ${repository} is ${owner === undefined ? 'none of Hermes' : `that of team ${owner}`}.`,
      {
        code: 'HERMES_FOREIGN_REPOSITORY',
        facts: { repository: hosted.cloneUrl },
        nextStep: `Rename it, or correct \`team\` in its hermes.yaml.`,
      },
    );
  }
  return {
    repositoryUrl: hosted.cloneUrl,
    variables: readVariableFiles(folder, repository),
    airflow: yaml?.airflow ?? {},
  };
}

/** What GitHub puts into a repository that it makes. */
function isBlank(folder: string): boolean {
  return readdirSync(folder).every((name) => ['.git', 'README.md'].includes(name));
}

/** What git says on many lines in one, with what to do. */
function unreadable(error: unknown, team: string, repository: string): unknown {
  if (!(error instanceof HermesError) || error.code !== 'HERMES_GIT_FAILED') return error;
  const [reason] = /(?:fatal|error): .*/.exec(error.message) ?? [];
  return new WorkFailedError(
    `Cannot enrol ${team}: git cannot read its repository${reason === undefined ? '' : ` (${printableLine(reason)})`}.`,
    {
      code: 'HERMES_UNREADABLE_REPOSITORY',
      facts: { repository },
      nextStep: repository.includes('://')
        ? `Try it by hand: git clone ${shellWord(repository)}`
        : `Look into it: git -C ${shellWord(repository)} fsck. Once it is moved away, another one is made.`,
      cause: error,
    },
  );
}

/**
 * The path of a file in a clone.
 * @throws ConfigError for a link, which could lead out of the clone
 */
export function fileOfClone(folder: string, file: string): string {
  const path = join(folder, file);
  for (const part of [dirname(path), path])
    if (lstatSync(part, { throwIfNoEntry: false })?.isSymbolicLink() === true)
      throw new ConfigError(`Cannot work on ${file}: it is a link in the repository.`, {
        code: 'HERMES_LINKED_VARIABLES',
        nextStep: 'Put a file in its place.',
      });
  return path;
}

function readVariableFiles(folder: string, repository: string): FoundTeam['variables'] {
  const variables = join(folder, 'variables');
  const names = existsSync(variables) ? readdirSync(variables).filter((name) => name.endsWith('.json')) : [];
  return new Map(
    names.map((name) => {
      const file = `variables/${name}`;
      return [file, readVariables(fileOfClone(folder, file), `${repository}/${file}`)];
    }),
  );
}

function readVariables(path: string, shown: string): Readonly<Record<string, unknown>> {
  const text = readFileSync(path, 'utf8');
  if (text.trim() === '') return {};
  const { documents, problems } = parseJsonSource(shown, text);
  const value = documents[0]?.value;
  if (problems.length > 0) throw new ProblemsError(problems);
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  const message = 'The content must be an object of variables by their names.';
  throw new ProblemsError([{ file: shown, line: 1, column: 1, message }]);
}
