import { openStore } from '../../artifacts/open-store.ts';
import type { ArtifactStore } from '../../artifacts/store.ts';
import { resolveEnvironment, resolveTeam } from '../../config/resolve-environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { projectNameProblem } from '../../core/names.ts';
import { printableLine } from '../../core/printable.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { Cli } from '../cli.ts';

/** The artifacts of a team in one environment. */
export interface TeamStore {
  readonly team: string;
  /** Name of the environment. */
  readonly environment: string;
  readonly store: ArtifactStore;
}

/** The team that a command works for: the one given, else the one of hermes.yaml. */
export function teamOf(cli: Cli, team: string | undefined): string {
  return resolveTeam({ folder: cli.cwd, ...(team === undefined ? {} : { team }) });
}

/** Opens the store of a team in an environment. @throws ConfigError for an environment that nobody knows */
export async function openTeamStore(cli: Cli, team: string, environment: string): Promise<TeamStore> {
  const { artifacts } = resolveEnvironment({ name: environment, team, folder: cli.cwd, home: cli.home });
  return { team, environment, store: await openStore(artifacts) };
}

/** @throws ConfigError for what cannot be the name of a project, before it becomes a part of a key */
export function checkProjectName(project: string): void {
  const problem = projectNameProblem(project);
  if (problem === undefined) return;
  throw new ConfigError(`Cannot find project ${JSON.stringify(project)}: ${problem}`, {
    code: 'HERMES_UNKNOWN_PROJECT',
    nextStep: 'See the projects with: hermes artifacts list',
  });
}

/** Says which projects there are instead. `where`: the environments that were looked at. */
export function unknownProject(
  team: string,
  project: string,
  where: string,
  projects: readonly string[],
): ConfigError {
  const known = projects.length === 0 ? 'nothing of it is published' : `there are ${projects.join(', ')}`;
  return new ConfigError(`Cannot find project ${project} of team ${team} in ${where}: ${known}.`, {
    code: 'HERMES_UNKNOWN_PROJECT',
    ...optionalStep(didYouMean(project, projects)),
  });
}

/** Says which versions and branches there are instead. */
export function unknownVersion(
  project: string,
  version: string,
  where: string,
  versions: readonly string[],
): ConfigError {
  const known =
    versions.length === 0 ? 'none of it is published' : `there are ${versions.map(printableLine).join(', ')}`;
  return new ConfigError(`Cannot find version ${version} of ${project} in ${where}: ${known}.`, {
    code: 'HERMES_UNKNOWN_VERSION',
    ...optionalStep(didYouMean(version, versions)),
  });
}

function optionalStep(nextStep: string | undefined): { nextStep?: string } {
  return nextStep === undefined ? {} : { nextStep };
}
