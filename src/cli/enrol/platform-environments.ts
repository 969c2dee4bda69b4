import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { findPlatformFile, PLATFORM_FILE } from '../../config/find-platform-file.ts';
import type { GitHubDefaults } from '../../config/github-defaults.ts';
import { type PlatformEnvironment, readPlatformFile } from '../../config/platform-file.ts';
import { embeddedTeamVariable } from '../../config/resolve-environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { refusalOfFile } from '../../core/file-trouble.ts';
import { shownPath } from '../../core/nearest-file.ts';
import type { Problem } from '../../core/problems.ts';
import { placeProblem } from '../../core/schema-problems.ts';
import { parseJsonSource } from '../../core/source-document.ts';
import { didYouMean } from '../../core/suggest.ts';
import { parsePolicyDefinition } from '../../databricks/policy/parse-policy.ts';
import { type Enrolment, enrolledPolicyName, enrolTeam } from '../../engines/local/plan/enrol.ts';
import type { Cli } from '../cli.ts';
import type { MadePolicy } from './enroller.ts';
import type { WantedEnvironment, WantedPolicy } from './team-plan.ts';
import { embeddedPolicies, remotePolicies, type WorkspacePolicies } from './workspace-policies.ts';

/** What the teams get, environment by environment. */
export interface PlatformEnvironments {
  /** The platform's file as the user would type it; absent when the environments are those of this machine. */
  readonly file?: string;
  readonly names: readonly string[];
  /** What the platform's file wants of the repositories of a team on GitHub. */
  readonly githubOf?: (team: string) => GitHubDefaults;
  readonly wantedBy: (team: string) => readonly WantedEnvironment[];
  /** Makes or finds the policy of a team, and lets the team use it. */
  readonly makePolicy: (team: string, environment: string) => Promise<MadePolicy>;
}

interface Described extends PlatformEnvironment {
  /** Text of the policy's definition. */
  readonly definition?: string;
}

/**
 * Reads what the platform gives to teams. Without its file these are the environments of this machine, dev and prod.
 * @param defaults The file, when it is not the nearest one.
 * @param only Names of environments; empty = all.
 * @throws ProblemsError with every mistake in the file and in the policies that it names
 */
export function readPlatformEnvironments(
  cli: Cli,
  teams: readonly string[],
  defaults: string | undefined,
  only: readonly string[],
): PlatformEnvironments {
  const path = defaults === undefined ? findPlatformFile(cli.cwd) : resolve(cli.cwd, defaults);
  const checkDefinition = (policyFile: string, environment: string) =>
    definitionProblems(cli, policyFile, environment, teams[0] ?? 'team');
  const platform = path === undefined ? undefined : readPlatformFile(path, cli.cwd, teams, checkDefinition);
  if (platform?.environments.length === 0) throw noEnvironment(platform.file);
  const described = choose(platform?.environments ?? ['dev', 'prod'].map((name) => ownOf(cli, name)), only);
  const environments = described.map(withDefinition);
  const workspaces = new Map<string, WorkspacePolicies>();
  const workspaceOf = (one: Described) => {
    const known = workspaces.get(one.name) ?? openPolicies(cli, one, teams[0] ?? 'team');
    workspaces.set(one.name, known);
    return known;
  };
  const wantedPolicy = (team: string, one: Described): WantedPolicy => {
    const name = enrolledPolicyName(enrolmentOf(team, one));
    // Folders that the file describes may be shared by machines; each has a workspace of its own.
    const isNamed = platform === undefined || !isEmbedded(one, team);
    return { name, isNamed, look: () => workspaceOf(one).look(name) };
  };
  return {
    ...(platform === undefined ? {} : { file: platform.file, githubOf: platform.githubOf }),
    names: environments.map(({ name }) => name),
    wantedBy: (team) =>
      environments.map((one) => {
        const variable = one.variableOf(team);
        const airflow = one.airflowOf?.(team);
        return {
          name: one.name,
          variable,
          ...(variable.cluster_policy_id === '' ? { policy: wantedPolicy(team, one) } : {}),
          ...(airflow === undefined ? {} : { airflow }),
        };
      }),
    makePolicy: async (team, name) => {
      const one = environments.find((each) => each.name === name);
      if (one === undefined) throw new Error(`no environment ${name}`);
      const policies = await workspaceOf(one).open();
      let isMade = false;
      const createPolicy: typeof policies.createPolicy = async (...words) => {
        const policyId = await policies.createPolicy(...words);
        isMade = true;
        return policyId;
      };
      const policyId = await enrolTeam({ ...policies, createPolicy }, enrolmentOf(team, one), cli.signal);
      await policies.grantPolicyUse(policyId, team, cli.signal);
      return { policyId, isMade };
    },
  };
}

/** Repositories need none; to enrol is to give each environment its policy and its variable. */
function noEnvironment(file: string): ConfigError {
  return new ConfigError(`Cannot enrol: ${file} describes no environment.`, {
    code: 'HERMES_NO_ENVIRONMENT',
    nextStep:
      'Add the section environments, with dev for one: its stores, policy and connection. A repository alone needs none: hermes repo create NAME --kind airflow',
  });
}

function openPolicies(cli: Cli, one: Described, team: string): WorkspacePolicies {
  return isEmbedded(one, team) ? embeddedPolicies(cli, one.name) : remotePolicies(cli, one);
}

function isEmbedded(one: PlatformEnvironment, team: string): boolean {
  return one.variableOf(team).artifacts.startsWith('file:');
}

function enrolmentOf(team: string, { name, definition }: Described): Enrolment {
  const basis = { team, environment: name };
  return definition === undefined ? basis : { ...basis, definition: definition.replaceAll('{team}', team) };
}

/** An environment that no file describes, on this machine. */
function ownOf({ home }: Cli, name: string): PlatformEnvironment {
  return { name, variableOf: (team) => embeddedTeamVariable(name, team, home) };
}

function choose(
  environments: readonly PlatformEnvironment[],
  only: readonly string[],
): readonly PlatformEnvironment[] {
  const names = environments.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown === undefined)
    return only.length === 0 ? environments : environments.filter(({ name }) => only.includes(name));
  const hint = didYouMean(unknown, names);
  throw new ConfigError(
    `Cannot enrol in ${JSON.stringify(unknown)}: there is no such environment. Environments: ${names.join(', ')}.`,
    {
      code: 'HERMES_UNKNOWN_ENVIRONMENT',
      nextStep: hint ?? `Describe it in ${PLATFORM_FILE}.`,
    },
  );
}

function withDefinition(one: PlatformEnvironment): Described {
  return one.policyFile === undefined ? one : { ...one, definition: readFileSync(one.policyFile, 'utf8') };
}

/** Why no workspace could use a definition, at its lines. */
function definitionProblems(cli: Cli, path: string, environment: string, team: string): readonly Problem[] {
  const file = shownPath(path, cli.cwd);
  let definition: string;
  try {
    definition = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = refusalOfFile(error);
    if (reason === undefined) throw error;
    return [{ file, message: `The cluster_policy of ${environment} cannot be read: ${reason}.` }];
  }
  const { documents, problems } = parseJsonSource(file, definition);
  const [document] = documents;
  if (document === undefined) return problems;
  return parsePolicyDefinition(definition.replaceAll('{team}', team))
    .problems.filter(({ severity }) => severity !== 'warning')
    .map((problem) => placeProblem({ ...problem, part: 'value' }, document));
}
