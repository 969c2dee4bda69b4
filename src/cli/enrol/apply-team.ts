import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { teamVariableName } from '../../config/environment.ts';
import { HermesError, RemoteError } from '../../core/errors.ts';
import { git } from '../../github/git.ts';
import { createRepository } from '../create-repository.ts';
import { insertVariable } from './insert-variable.ts';
import { completeVariable, type EnvironmentPlan, planTeam, type TeamPlan } from './team-plan.ts';
import { fileOfClone, type RepositoryPlace, readTeamRepository } from './team-repository.ts';

/** What carries a plan out. */
export interface Enroller extends RepositoryPlace {
  /** Makes a team's policy, or finds the one that stands, lets the team use it and answers its id. */
  readonly makePolicy: (team: string, environment: string) => Promise<string>;
  readonly now: () => Date;
}

/** A team with all that it should have. */
export interface EnrolledTeam {
  readonly plan: TeamPlan;
  readonly repositoryUrl: string;
  /** Ids of the policies by environment, as far as they were made or taken up. */
  readonly policyIds: ReadonlyMap<string, string>;
  /** The commit that brought the variables; absent when none was missing. */
  readonly commit?: string;
}

/** Somebody else may push meanwhile: what he brought is read again, and only what is still missing is added. */
const PUSH_ATTEMPTS = 5;

/**
 * Makes what a team lacks: first the repository, then policies, last the variables by one commit, so that whatever is
 * interrupted is found again and finished by the next run. Nothing that stands is changed.
 * @param folder Of the clone, when the repository stands; it is made otherwise.
 */
export async function applyTeam(plan: TeamPlan, folder: string, enroller: Enroller): Promise<EnrolledTeam> {
  const made = plan.repositoryUrl === undefined ? await makeRepository(plan, folder, enroller) : undefined;
  const isKnown = made?.isOurs ?? true;
  const policyIds = new Map<string, string>();
  for (const { wanted, policy, addsVariable } of plan.environments) {
    // One that stands without a variable may be what an interrupted run has left, before the team could use it.
    if (policy === 'make' || (policy === 'stands' && addsVariable))
      policyIds.set(wanted.name, await enroller.makePolicy(plan.team, wanted.name));
  }
  const commit = await pushVariables(plan, folder, policyIds, enroller, isKnown);
  const repositoryUrl = plan.repositoryUrl ?? made?.url ?? '';
  return { plan, repositoryUrl, policyIds, ...(commit === undefined ? {} : { commit }) };
}

/** `isOurs` is false when somebody else made it in this moment. */
async function makeRepository(
  plan: TeamPlan,
  folder: string,
  { host, context, cwd, now }: Enroller,
): Promise<{ readonly url: string; readonly isOurs: boolean }> {
  const request = {
    name: plan.repository,
    team: plan.team,
    kind: 'airflow',
    folder,
    cwd,
    ci: false,
  } as const;
  try {
    const { origin } = await createRepository({ ...request, date: now() }, host, context, () => {});
    return { url: origin, isOurs: true };
  } catch (error) {
    const isTaken = error instanceof HermesError && error.code === 'HERMES_REPOSITORY_TAKEN';
    const found = isTaken ? await host.find(plan.repository, context.signal) : undefined;
    if (found === undefined) throw error;
    return { url: found.cloneUrl, isOurs: false };
  }
}

async function pushVariables(
  plan: TeamPlan,
  folder: string,
  policyIds: ReadonlyMap<string, string>,
  enroller: Enroller,
  isKnown: boolean,
): Promise<string | undefined> {
  const { team, repository } = plan;
  for (let attempt = 1; ; attempt += 1) {
    const all = isKnown && attempt === 1 ? plan.environments : await planAgain(plan, folder, enroller);
    const missing = all.filter((one) => one.addsVariable);
    if (missing.length === 0) return undefined;
    for (const one of missing) writeVariable(team, folder, one, policyIds.get(one.wanted.name));
    const commit = await commitFiles(team, folder, missing, enroller);
    try {
      await git(folder, ['push', '--quiet', 'origin', 'HEAD'], enroller.context);
      return commit;
    } catch (error) {
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

/** https://git-scm.com/docs/git-push#_output */
function isOvertaken(error: unknown): boolean {
  return error instanceof HermesError && /\[rejected\]|fetch first|failed to update ref/.test(error.message);
}

function writeVariable(
  team: string,
  folder: string,
  { file, wanted }: EnvironmentPlan,
  policyId: string | undefined,
): void {
  const path = fileOfClone(folder, file);
  const value = completeVariable(wanted, policyId);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, insertVariable(text, teamVariableName(team), value));
}

async function commitFiles(
  team: string,
  folder: string,
  added: readonly EnvironmentPlan[],
  { context }: Enroller,
): Promise<string> {
  const names = added.map(({ wanted }) => wanted.name).join(', ');
  const files = added.map(({ file }) => file);
  const message = `Enrol team ${team} in ${names}\n\nAdds the variable ${teamVariableName(team)}, by hermes enrol.`;
  await git(folder, ['add', '--force', '--', ...files], context);
  await git(folder, ['commit', '--quiet', '--message', message, '--', ...files], context);
  return git(folder, ['rev-parse', 'HEAD'], context);
}
