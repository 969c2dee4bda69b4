import { createRepository } from '../create-repository.ts';
import type { Enroller, MadePolicy } from './enroller.ts';
import { pushFiles } from './push-files.ts';
import { completeVariable, type EnvironmentPlan, type TeamPlan } from './team-plan.ts';

/** A team with all that it should have. */
export interface EnrolledTeam {
  /** What came true of the plan: what somebody else made meanwhile counts as there. */
  readonly plan: TeamPlan;
  readonly repositoryUrl: string;
  /** Ids of the policies by environment, as far as they were made or taken up. */
  readonly policyIds: ReadonlyMap<string, string>;
  /** The commit that brought variables and settings; absent when none was missing. */
  readonly commit?: string;
}

/**
 * Makes what a team lacks: first the repository, then policies, last the variables by one commit, so that whatever is
 * interrupted is found again and finished by the next run. Nothing that stands is changed.
 * @param folder Of the clone, when the repository stands; it is made otherwise.
 */
export async function applyTeam(plan: TeamPlan, folder: string, enroller: Enroller): Promise<EnrolledTeam> {
  const isWhole = plan.repositoryUrl === undefined && enroller.onGitHub !== undefined;
  if (isWhole) return makeWhole(plan, folder, enroller);
  const made = plan.repositoryUrl === undefined ? await makeRepository(plan, folder, enroller) : undefined;
  const isKnown = made?.isOurs ?? true;
  const policies = await makePolicies(plan, enroller);
  const policyIds = idsOf(policies);
  const pushed = await pushFiles(plan, folder, policyIds, enroller, isKnown);
  return {
    plan: {
      ...plan,
      ...(made?.isOurs === false ? { repositoryUrl: made.url } : {}),
      environments: plan.environments.map((one) => doneOf(one, pushed?.added ?? [], policies)),
    },
    repositoryUrl: plan.repositoryUrl ?? made?.url ?? '',
    policyIds,
    ...(pushed === undefined ? {} : { commit: pushed.commit }),
  };
}

/**
 * Where a rule lets nobody push to the default branch, the first commit holds everything; so the policies come first.
 */
async function makeWhole(plan: TeamPlan, folder: string, enroller: Enroller): Promise<EnrolledTeam> {
  const { team, repository } = plan;
  const policies = await makePolicies(plan, enroller);
  const policyIds = idsOf(policies);
  const environments = plan.environments.map(({ wanted }) => ({
    name: wanted.name,
    variable: completeVariable(wanted, policyIds.get(wanted.name)),
    ...(wanted.airflow === undefined ? {} : { airflow: wanted.airflow }),
  }));
  const { host, context, cwd, now, onGitHub } = enroller;
  const request = { name: repository, team, kind: 'airflow', cwd, date: now(), environments } as const;
  const made = await createRepository({ ...request, ...onGitHub?.(team) }, host, context);
  const { cloneUrl: repositoryUrl, commit, isMade } = made;
  const pushed = isMade ? undefined : await pushFiles(plan, folder, policyIds, enroller, false);
  const added = isMade ? plan.environments : (pushed?.added ?? []);
  return {
    plan: {
      ...plan,
      ...(isMade ? {} : { repositoryUrl }),
      environments: plan.environments.map((one) => doneOf(one, added, policies)),
    },
    repositoryUrl,
    policyIds,
    ...(isMade ? { commit } : pushed === undefined ? {} : { commit: pushed.commit }),
  };
}

async function makePolicies(plan: TeamPlan, enroller: Enroller): Promise<Map<string, MadePolicy>> {
  const policies = new Map<string, MadePolicy>();
  for (const { wanted, policy, addsVariable } of plan.environments) {
    // One that stands without a variable may be what an interrupted run has left, before the team could use it.
    if (policy === 'make' || (policy === 'stands' && addsVariable))
      policies.set(wanted.name, await enroller.makePolicy(plan.team, wanted.name));
  }
  return policies;
}

function idsOf(policies: ReadonlyMap<string, MadePolicy>): Map<string, string> {
  return new Map([...policies].map(([name, { policyId }]) => [name, policyId]));
}

function doneOf(
  one: EnvironmentPlan,
  added: readonly EnvironmentPlan[],
  policies: ReadonlyMap<string, MadePolicy>,
): EnvironmentPlan {
  const own = added.find(({ wanted }) => wanted.name === one.wanted.name);
  const isTaken = one.policy === 'make' && policies.get(one.wanted.name)?.isMade === false;
  return {
    ...one,
    addsVariable: own?.addsVariable ?? false,
    addsAirflow: own?.addsAirflow ?? false,
    policy: isTaken ? 'stands' : one.policy,
  };
}

/** `isOurs` is false when somebody else made it in this moment. */
async function makeRepository(
  plan: TeamPlan,
  folder: string,
  { host, context, cwd, now }: Enroller,
): Promise<{ readonly url: string; readonly isOurs: boolean }> {
  const request = { name: plan.repository, team: plan.team, kind: 'airflow', folder, cwd } as const;
  const { cloneUrl, isMade } = await createRepository({ ...request, date: now() }, host, context);
  return { url: cloneUrl, isOurs: isMade };
}
