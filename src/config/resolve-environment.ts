import { pathToFileURL } from 'node:url';
import { ConfigError } from '../core/errors.ts';
import { teamNameProblem } from '../core/names.ts';
import { ProblemsError } from '../core/problems.ts';
import { didYouMean } from '../core/suggest.ts';
import { type Environment, type TeamVariable, teamVariableName } from './environment.ts';
import { readHermesYaml } from './hermes-yaml.ts';
import type { Home } from './home.ts';
import { describedEnvironments, readVariables } from './variables.ts';

/** The environments that exist without any file. */
const PRODUCTION = 'prod';
const EMBEDDED = ['dev', PRODUCTION];

export interface EnvironmentQuestion {
  /** `dev`, `prod`, … */
  readonly name: string;
  readonly team: string;
  /** Where the search for `hermes.yaml` and `variables/` begins. */
  readonly folder: string;
  /** Problems name files as seen from there (default: `folder`). */
  readonly shownFrom?: string;
  readonly home: Home;
}

/**
 * Answers what an environment is for a team. What no file describes is embedded on this machine:
 * folders of the home, `prod_` as read prefix in development, production only for `prod`.
 * @throws ConfigError for a name that is neither `dev`, `prod` nor described by a file; ProblemsError for the files.
 */
export function resolveEnvironment(question: EnvironmentQuestion): Environment {
  const { name, team, folder, shownFrom = folder, home } = question;
  requireEnvironment(name, folder, shownFrom);
  const described = readVariables(folder, name, team, shownFrom);
  const store = readHermesYaml(folder, shownFrom)?.artifacts[name];
  const fromFile = described?.teamVariable;
  if (store !== undefined && fromFile !== undefined && store !== trimmed(fromFile.artifacts)) {
    throw new ConfigError(
      `Cannot tell where the artifacts of ${name} are: hermes.yaml and the variable ${teamVariableName(team)} disagree.`,
      {
        code: 'HERMES_TWO_STORES',
        facts: { 'hermes.yaml': store, [`variables/${name}.json`]: fromFile.artifacts },
        nextStep: 'Remove `artifacts` from hermes.yaml: in an Airflow repository the variable decides.',
      },
    );
  }
  const teamVariable = withUploads(
    fromFile ?? embeddedVariable(question, store ?? fileUrl(home.artifacts(name))),
    home,
    team,
  );
  const artifacts = trimmed(teamVariable.artifacts);
  return {
    name,
    team,
    production: teamVariable.production,
    embedded: artifacts.startsWith('file:'),
    artifacts,
    teamVariable,
    readPrefixes: readPrefixes(question, teamVariable),
    variables: { ...described?.variables, [teamVariableName(team)]: teamVariable },
  };
}

/** Every environment that can be asked for from a folder: `dev`, `prod`, and those that files describe. */
export function knownEnvironments(folder: string, shownFrom: string = folder): string[] {
  const { artifacts = {}, airflow = {} } = readHermesYaml(folder, shownFrom) ?? {};
  const named = [...Object.keys(artifacts), ...Object.keys(airflow)];
  return [...new Set([...EMBEDDED, ...named, ...describedEnvironments(folder)])];
}

/** @throws ConfigError for a name that is neither `dev`, `prod` nor described by a file around `folder` */
export function requireEnvironment(name: string, folder: string, shownFrom: string = folder): void {
  const known = knownEnvironments(folder, shownFrom);
  if (known.includes(name)) return;
  const hint = didYouMean(name, known);
  throw new ConfigError(`There is no environment ${JSON.stringify(name)}. Known here: ${known.join(', ')}.`, {
    code: 'HERMES_UNKNOWN_ENVIRONMENT',
    nextStep: hint ?? `Describe it in variables/${name}.json of the team's Airflow repository.`,
  });
}

/**
 * The team that works here: the one given, else the one of `hermes.yaml`.
 * @throws ConfigError when neither says it, or the name breaks the rules.
 */
export function resolveTeam(question: { readonly team?: string; readonly folder: string }): string {
  const team = question.team ?? readHermesYaml(question.folder)?.team;
  if (team === undefined)
    throw new ConfigError(
      'Cannot tell which team this is for: no team was given and no hermes.yaml is here.',
      {
        code: 'HERMES_NO_TEAM',
        facts: { folder: question.folder },
        nextStep:
          'Add --team NAME, or work inside a repository with a hermes.yaml (hermes repo create makes one).',
      },
    );
  const problem = teamNameProblem(team);
  if (problem !== undefined)
    throw new ConfigError(`Cannot use the team: ${problem}`, { code: 'HERMES_TEAM_NAME' });
  return team;
}

/** Whatever else is asked for, a mistake in the file of another environment is told when that one is asked for. */
function readPrefixes(
  { name, team, folder }: EnvironmentQuestion,
  own: TeamVariable,
): Readonly<Record<string, string>> {
  const others = [...EMBEDDED, ...describedEnvironments(folder)].filter((other) => other !== name);
  const found = new Map([[own.read_prefix, name]]);
  for (const other of new Set(others)) {
    const prefix = prefixOf(other, team, folder);
    if (!found.has(prefix)) found.set(prefix, other);
  }
  found.delete('');
  return Object.fromEntries(found);
}

function prefixOf(environment: string, team: string, folder: string): string {
  try {
    const described = readVariables(folder, environment, team)?.teamVariable;
    return described?.read_prefix ?? embeddedPrefix(environment);
  } catch (error) {
    if (error instanceof ProblemsError) return '';
    throw error;
  }
}

function embeddedPrefix(environment: string): string {
  return environment === PRODUCTION ? '' : 'prod_';
}

/** Runs of this machine find uploads in the home; only development has any. */
function withUploads(variable: TeamVariable, home: Home, team: string): TeamVariable {
  const isHere = variable.artifacts.startsWith('file:') && !variable.production;
  return variable.uploads !== undefined || !isHere
    ? variable
    : { ...variable, uploads: fileUrl(home.uploads(team)) };
}

/** The variable of a team in an environment that no file describes: folders of this machine. */
export function embeddedTeamVariable(name: string, team: string, home: Home): TeamVariable {
  return withUploads(embeddedVariable({ name, home }, fileUrl(home.artifacts(name))), home, team);
}

function embeddedVariable(
  { name, home }: Pick<EnvironmentQuestion, 'name' | 'home'>,
  artifacts: string,
): TeamVariable {
  const production = name === PRODUCTION;
  return {
    environment: name,
    production,
    artifacts,
    cluster_policy_id: '',
    read_prefix: embeddedPrefix(name),
    products_zone: fileUrl(home.products(name)),
    databricks_conn_id: 'databricks_default',
    datadog: { site: 'datadoghq.com', tags: [] },
  };
}

function fileUrl(folder: string): string {
  return trimmed(pathToFileURL(folder).href);
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}
