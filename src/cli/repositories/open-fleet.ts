import { ConfigError } from '../../core/errors.ts';
import { hostProblem, organisationProblem } from '../../core/github-names.ts';
import { ProblemsError } from '../../core/problems.ts';
import { didYouMean } from '../../core/suggest.ts';
import { bareRepositories, createDiskFleet } from '../../github/fleet/disk-fleet.ts';
import type { RepositoryFleet } from '../../github/fleet/repository-fleet.ts';
import { RECORD_PATH } from '../../templates/template-record.ts';
import type { Cli } from '../cli.ts';
import { openGitHubOf } from '../github/open-github.ts';
import { readGitHubDefaults } from '../github/platform-github.ts';
import type { FleetOptions } from './fleet-options.ts';
import { MANAGED_FOLDERS, type Survey, surveyRepository } from './survey-repository.ts';

/** A fleet, and whose it is. */
export interface OpenFleet {
  readonly fleet: RepositoryFleet;
  /** The organisation, or the user; undefined = this machine. */
  readonly owner?: string;
  /** What the platform wants the default branch to be called. */
  readonly defaultBranch?: string;
}

/**
 * Opens the repositories that are meant.
 * @throws ProblemsError for names that GitHub does not take; ConfigError for a repository that this machine does not have
 */
export async function openFleet(cli: Cli, { all, only, githubHost }: FleetOptions): Promise<OpenFleet> {
  // No single team is meant: nothing that is read here may depend on it.
  const { org, host, defaultBranch } = await readGitHubDefaults(cli.cwd, 'team');
  const owner = typeof all === 'string' ? all : org;
  if (owner === undefined) return { fleet: openDisk(cli, only) };
  const problems = [
    { file: '--all', message: organisationProblem(owner) },
    { file: '--github-host', message: githubHost === undefined ? undefined : hostProblem(githubHost) },
  ].flatMap(({ file, message }) => (message === undefined ? [] : [{ file, message }]));
  if (problems.length > 0) throw new ProblemsError(problems);
  const [github, { createGitHubFleet }] = await Promise.all([
    openGitHubOf(cli, owner, githubHost ?? host),
    import('../../github/fleet/github-fleet.ts'),
  ]);
  const wanted = defaultBranch === undefined ? {} : { defaultBranch };
  return { fleet: createGitHubFleet(github, owner), owner, ...wanted };
}

function openDisk(cli: Cli, only: FleetOptions['only']): RepositoryFleet {
  const repositories = bareRepositories(cli.home.git);
  const names = repositories.map(({ name }) => name);
  for (const name of only ?? []) if (!names.includes(name)) throw unknownName(name, names, cli.home.git);
  return createDiskFleet(repositories, { env: cli.env });
}

/** Looks at all repositories, in the order of their names. */
export async function surveyFleet(
  { fleet }: OpenFleet,
  { only, kind }: FleetOptions,
  signal: AbortSignal,
): Promise<Survey[]> {
  const query = {
    record: RECORD_PATH,
    folders: MANAGED_FOLDERS,
    ...(only === undefined ? {} : { names: only }),
  };
  const surveys: Promise<Survey>[] = [];
  for await (const repository of fleet.list(query, signal)) {
    const survey = surveyRepository(fleet, repository, signal);
    // Its failure is told below, when all are there.
    survey.catch(() => {});
    surveys.push(survey);
  }
  const all = await Promise.all(surveys);
  return all.map((survey) =>
    kind === undefined || survey.is !== 'hermes' || survey.record.kind === kind
      ? survey
      : { is: 'other kind', repository: survey.repository },
  );
}

function unknownName(name: string, names: readonly string[], folder: string): ConfigError {
  return new ConfigError(
    `Cannot find repository ${name} in ${folder}. There are: ${names.join(', ') || 'none'}.`,
    {
      code: 'HERMES_NO_REPOSITORY',
      nextStep: didYouMean(name, names) ?? 'Name one of these.',
    },
  );
}

/** `acme`, `this machine` */
export function titleOf({ owner }: OpenFleet): string {
  return owner ?? 'this machine';
}
