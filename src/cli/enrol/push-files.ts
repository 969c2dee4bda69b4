import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { teamVariableName } from '../../config/environment.ts';
import { HermesError, RemoteError, WorkFailedError } from '../../core/errors.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { type GitContext, git } from '../../github/git/git.ts';
import { originUrl } from '../../github/git/origin-repository.ts';
import type { Enroller } from './enroller.ts';
import { insertAirflow } from './insert-airflow.ts';
import { insertVariable } from './insert-variable.ts';
import { completeVariable, type EnvironmentPlan, planTeam, type TeamPlan } from './team-plan.ts';
import { fileOfClone, readTeamRepository } from './team-repository.ts';

/** In the root of the clone. */
const HERMES_YAML = 'hermes.yaml';
/** Somebody else may push meanwhile: what he brought is read again, and only what is still missing is added. */
const PUSH_ATTEMPTS = 5;

/** What was added to a repository. */
interface Pushed {
  readonly commit: string;
  readonly added: readonly EnvironmentPlan[];
}

/**
 * Adds variables, and where Airflow reads, by one commit; undefined when nothing is missing.
 * @param isKnown False = somebody else made the repository: what is missing is read from it first.
 */
export async function pushFiles(
  plan: TeamPlan,
  folder: string,
  policyIds: ReadonlyMap<string, string>,
  enroller: Enroller,
  isKnown: boolean,
): Promise<Pushed | undefined> {
  const { team, repository } = plan;
  for (let attempt = 1; ; attempt += 1) {
    const all = isKnown && attempt === 1 ? plan.environments : await planAgain(plan, folder, enroller);
    const added = all.filter((one) => one.addsVariable || one.addsAirflow);
    if (added.length === 0) return undefined;
    const files = [...writeVariables(team, folder, added, policyIds), ...writeAirflow(folder, added)];
    const commit = await commitFiles(team, folder, added, files, enroller);
    try {
      await git(folder, ['push', '--quiet', 'origin', 'HEAD'], await signedIn(folder, enroller));
      return { commit, added };
    } catch (error) {
      if (isGuarded(error)) throw await offered(plan, folder, added, enroller, error);
      if (enroller.context.signal.aborted || !isOvertaken(error)) throw error;
      if (attempt === PUSH_ATTEMPTS)
        throw new RemoteError(
          `Cannot push the variables of ${team}: others push to ${repository} all the time.`,
          {
            code: 'HERMES_PUSH_OVERTAKEN',
            nextStep: 'Run the same command again.',
            cause: error,
          },
        );
    }
  }
}

/** What is missing after somebody else was quicker. */
async function planAgain(
  plan: TeamPlan,
  folder: string,
  enroller: Enroller,
): Promise<readonly EnvironmentPlan[]> {
  rmSync(folder, { recursive: true, force: true });
  const found = await readTeamRepository(plan.team, plan.repository, folder, enroller);
  const wanted = plan.environments.map((one) => one.wanted);
  return (await planTeam(plan.team, wanted, found)).environments;
}

async function signedIn(folder: string, { context, signIn }: Enroller): Promise<GitContext> {
  if (signIn === undefined) return context;
  return signIn(await originUrl(folder, context));
}

/** A rule of GitHub's wants a pull request: the codes of its refusals of a push. */
function isGuarded(error: unknown): boolean {
  return error instanceof HermesError && /GH013|GH006|rule violations/.test(error.message);
}

/** Pushes the commit to a branch of its own, for somebody to open a pull request; the same additions, the same branch. */
async function offered(
  { team, repository }: TeamPlan,
  folder: string,
  added: readonly EnvironmentPlan[],
  enroller: Enroller,
  cause: unknown,
): Promise<HermesError> {
  const context = await signedIn(folder, enroller);
  const what = JSON.stringify(added.map(({ file, wanted }) => [file, wanted.variable, wanted.airflow]));
  const branch = `hermes/enrol-${sha256Hex(what).slice(0, 8)}`;
  const names = added.map(({ wanted }) => wanted.name).join(' and ');
  const isThere = (await git(folder, ['ls-remote', '--heads', 'origin', branch], context)) !== '';
  if (!isThere) await git(folder, ['push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`], context);
  const url = (await originUrl(folder, context)).replace(/\.git$/, '');
  return new WorkFailedError(
    `Cannot add to ${repository} what ${team} lacks in ${names}: it takes changes by pull request only.`,
    {
      code: 'HERMES_PULL_REQUEST_NEEDED',
      nextStep: `The change waits on a branch. Open a pull request and merge it: ${url}/compare/${branch}?expand=1`,
      cause,
    },
  );
}

/** https://git-scm.com/docs/git-push#_output */
function isOvertaken(error: unknown): boolean {
  return error instanceof HermesError && /\[rejected\]|fetch first|failed to update ref/.test(error.message);
}

/** @returns the files that were written */
function writeVariables(
  team: string,
  folder: string,
  added: readonly EnvironmentPlan[],
  policyIds: ReadonlyMap<string, string>,
): string[] {
  return added
    .filter((one) => one.addsVariable)
    .map(({ file, wanted }) => {
      const path = fileOfClone(folder, file);
      const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
      const value = completeVariable(wanted, policyIds.get(wanted.name));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, insertVariable(text, teamVariableName(team), value));
      return file;
    });
}

function writeAirflow(folder: string, added: readonly EnvironmentPlan[]): string[] {
  const settings = added.flatMap(({ addsAirflow, wanted }) =>
    addsAirflow && wanted.airflow !== undefined ? [[wanted.name, wanted.airflow] as const] : [],
  );
  if (settings.length === 0) return [];
  const path = fileOfClone(folder, HERMES_YAML);
  writeFileSync(path, insertAirflow(readFileSync(path, 'utf8'), Object.fromEntries(settings)));
  return [HERMES_YAML];
}

async function commitFiles(
  team: string,
  folder: string,
  added: readonly EnvironmentPlan[],
  files: readonly string[],
  { context }: Enroller,
): Promise<string> {
  const names = added.map(({ wanted }) => wanted.name).join(', ');
  const what = [
    ...(added.some((one) => one.addsVariable) ? [`the variable ${teamVariableName(team)}`] : []),
    ...(files.includes(HERMES_YAML) ? ['where Airflow reads the DAGs'] : []),
  ].join(' and ');
  const message = `Enrol team ${team} in ${names}\n\nAdds ${what}, by hermes enrol.`;
  await git(folder, ['add', '--force', '--', ...files], context);
  await git(folder, ['commit', '--quiet', '--message', message, '--', ...files], context);
  return git(folder, ['rev-parse', 'HEAD'], context);
}
