import type { GitHubDefaults } from '../../config/github-defaults.ts';
import {
  branchProblem,
  hostProblem,
  organisationProblem,
  settingNameProblem,
  settingValueProblem,
  teamSlugProblem,
} from '../../core/github-names.ts';
import { repositoryNameProblem, teamNameProblem } from '../../core/names.ts';
import { type Problem, ProblemsError } from '../../core/problems.ts';
import type { Visibility } from '../../github/repository-settings.ts';
import type { TemplateKind } from '../../templates/answers.ts';
import type { OwnSettings } from './wanted-settings.ts';

/** Options of a command that makes a repository on GitHub. */
export interface GitHubOptions {
  /** As it was typed; absent where the name of the repository says it. */
  readonly team?: string;
  readonly org?: string;
  readonly githubHost?: string;
  readonly githubTeam?: string;
  readonly visibility?: Visibility;
  readonly defaultBranch?: string;
  /** `NAME=VALUE` */
  readonly variable: readonly string[];
  /** `NAME`, or `NAME=-` for stdin. */
  readonly secret: readonly string[];
}

/** Where and how a repository is to be made on GitHub. */
export interface GitHubWish {
  readonly org: string;
  readonly host?: string;
  readonly settings: OwnSettings;
  /** Artifact store of each environment. */
  readonly stores?: Readonly<Record<string, string>>;
}

/** Where the values of secrets come from. */
export interface SecretSource {
  readonly env: NodeJS.ProcessEnv;
  /** All of stdin; empty where no secret comes from there. */
  readonly stdin: string;
}

const ON_THE_COMMAND_LINE =
  'the value of NAME must not stand on the command line, where others see it: write NAME, and set the variable NAME; or write NAME=-, and give it on stdin.';

/**
 * What is wanted of a repository: options win over the platform's file, which wins over the defaults of Hermes.
 * @throws ProblemsError with every mistake, each at its option
 */
export function resolveGitHubWish(
  { name, team, kind }: { readonly name: string; readonly team: string; readonly kind: TemplateKind },
  options: GitHubOptions,
  defaults: GitHubDefaults,
  source: SecretSource,
): GitHubWish {
  // GitHub does not tell capitals from small letters.
  const variables = Object.fromEntries(
    [...Object.entries(defaults.variables[kind]), ...options.variable.map(splitVariable)].map(
      ([key, value]) => [key.toUpperCase(), value],
    ),
  );
  const { values, problems } = readSecrets(options.secret, source);
  const wish: GitHubWish = {
    org: options.org ?? defaults.org ?? '',
    ...present('host', options.githubHost ?? defaults.host),
    ...present('stores', defaults.stores),
    settings: {
      team: options.githubTeam ?? defaults.team ?? team,
      visibility: options.visibility ?? defaults.visibility ?? 'private',
      ...present('defaultBranch', options.defaultBranch ?? defaults.defaultBranch),
      variables,
      secrets: values,
    },
  };
  const all = [
    ...at('name', repositoryNameProblem(name)),
    ...nameProblems(options),
    ...placeProblems(wish),
    ...settingProblems(options),
    ...problems,
  ];
  if (all.length > 0) throw new ProblemsError(all);
  return wish;
}

/** Of names that were typed: those that follow from another one are wrong with it. */
function nameProblems({ team, githubTeam }: GitHubOptions): Problem[] {
  return [
    ...at('--team', team === undefined ? undefined : teamNameProblem(team)),
    ...at('--github-team', githubTeam === undefined ? undefined : teamSlugProblem(githubTeam)),
  ];
}

function placeProblems({ org, host, settings: { defaultBranch } }: GitHubWish): Problem[] {
  return [
    ...at('--org', organisationProblem(org)),
    ...at('--github-host', host === undefined ? undefined : hostProblem(host)),
    ...at('--default-branch', defaultBranch === undefined ? undefined : branchProblem(defaultBranch)),
  ];
}

function settingProblems({ variable, secret }: GitHubOptions): Problem[] {
  const namesOf = (words: readonly string[]) => words.map((word) => splitVariable(word)[0]);
  return [
    ...variable.flatMap(variableProblems),
    ...twins('--variable', namesOf(variable)),
    ...twins('--secret', namesOf(secret)),
  ];
}

/** A key with its value, or nothing where there is none. */
function present<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}

function splitVariable(text: string): [name: string, value: string] {
  const [name = '', ...value] = text.split('=');
  return [name, value.join('=')];
}

function variableProblems(text: string): Problem[] {
  const [name, value] = splitVariable(text);
  if (!text.includes('=')) return at('--variable', `${JSON.stringify(text)} has no value: write NAME=VALUE.`);
  const problem = settingNameProblem(name) ?? settingValueProblem(value);
  return at(
    '--variable',
    problem === undefined || settingNameProblem(name) ? problem : `${name}: ${problem}`,
  );
}

function twins(option: string, names: readonly string[]): Problem[] {
  const keys = names.map((name) => name.toUpperCase());
  const twice = [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))];
  return twice.flatMap((key) => at(option, `${key} is given twice.`));
}

function readSecrets(
  words: readonly string[],
  { env, stdin }: SecretSource,
): { readonly values: Readonly<Record<string, string>>; readonly problems: readonly Problem[] } {
  const values: Record<string, string> = {};
  const problems = words.flatMap((word): Problem[] => {
    const [name, from] = splitVariable(word);
    const wrong = settingNameProblem(name);
    if (wrong !== undefined) return at('--secret', wrong);
    if (word !== name && from !== '-') return at('--secret', ON_THE_COMMAND_LINE.replaceAll('NAME', name));
    const value = from === '-' ? stdin.replace(/\r?\n$/, '') : (env[name] ?? '');
    values[name] = value;
    if (value !== '') return at('--secret', settingValueProblem(value));
    const place = from === '-' ? 'stdin is empty' : `the variable ${name} is not set`;
    return at('--secret', `${name} has no value: ${place}.`);
  });
  const ofStdin = words.filter((word) => word.endsWith('=-')).length;
  return {
    values,
    problems: [...problems, ...(ofStdin > 1 ? at('--secret', 'stdin holds one secret only.') : [])],
  };
}

function at(option: string, message: string | undefined): Problem[] {
  return message === undefined ? [] : [{ file: option, message }];
}
