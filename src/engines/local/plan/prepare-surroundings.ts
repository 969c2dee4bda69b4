import { type Environment, type TeamVariable, teamVariableName } from '../../../config/environment.ts';
import { ConfigError } from '../../../core/errors.ts';
import type { ClusterPolicy, PoliciesApi } from '../../../databricks/api.ts';
import { type Enrolment, enrolTeam, previewEnrolment } from './enrol.ts';

/** What a run takes from its environment. */
export interface Surroundings {
  /** Airflow variables, the teams' own with the ids of their policies. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The cluster policies that the tasks name, by id. */
  readonly policies: ReadonlyMap<string, ClusterPolicy>;
}

/**
 * Gathers what a run takes from its environment: variables, and the policies of its teams. In an embedded environment
 * each team is enrolled first, unless its variable names a policy.
 * @param environments One for each team that has a task in the run.
 */
export function prepareSurroundings(
  environments: readonly Environment[],
  policies: PoliciesApi,
  signal?: AbortSignal,
): Promise<Surroundings> {
  return gather(
    environments,
    policies,
    async (enrolment) => {
      return policies.getPolicy(await enrolTeam(policies, enrolment, signal), signal);
    },
    signal,
  );
}

/** The same for a plan: nothing is made, and a team without a policy gets the one that its first run would make. */
export function previewSurroundings(
  environments: readonly Environment[],
  policies: PoliciesApi,
  signal?: AbortSignal,
): Promise<Surroundings> {
  return gather(environments, policies, (enrolment) => previewEnrolment(policies, enrolment, signal), signal);
}

async function gather(
  environments: readonly Environment[],
  policies: PoliciesApi,
  enrol: (enrolment: Enrolment) => Promise<ClusterPolicy>,
  signal?: AbortSignal,
): Promise<Surroundings> {
  const variables: Record<string, unknown> = {};
  const known = new Map<string, ClusterPolicy>();
  for (const environment of environments) {
    const policy = await policyOf(environment, policies, enrol, signal);
    known.set(policy.policyId, policy);
    const own: TeamVariable = { ...environment.teamVariable, cluster_policy_id: policy.policyId };
    Object.assign(variables, environment.variables, { [teamVariableName(environment.team)]: own });
  }
  return { variables, policies: known };
}

async function policyOf(
  environment: Environment,
  policies: PoliciesApi,
  enrol: (enrolment: Enrolment) => Promise<ClusterPolicy>,
  signal?: AbortSignal,
): Promise<ClusterPolicy> {
  const { embedded, team, name, teamVariable } = environment;
  const id = teamVariable.cluster_policy_id;
  if (id !== '') return readPolicy(environment, id, policies, signal);
  if (embedded) return enrol({ team, environment: name });
  throw new ConfigError(`Cannot run for team ${team} in ${name}: the team has no cluster policy there`, {
    code: 'HERMES_NO_POLICY',
    nextStep: `Ask the platform team to enrol ${team}: cluster_policy_id of ${teamVariableName(team)} is empty.`,
  });
}

async function readPolicy(
  { embedded, team, name }: Environment,
  policyId: string,
  policies: PoliciesApi,
  signal?: AbortSignal,
): Promise<ClusterPolicy> {
  try {
    return await policies.getPolicy(policyId, signal);
  } catch (error) {
    if (!embedded || !(error instanceof ConfigError)) throw error;
    const known = (await policies.listPolicies(signal)).map((one) => `${one.policyId} (${one.name})`);
    throw new ConfigError(
      `Cannot work for team ${team} in ${name}: the workspace of this machine has no policy ${policyId}. It has ${known.join(', ') || 'none'}.`,
      {
        code: 'HERMES_NO_POLICY',
        nextStep: `Correct cluster_policy_id of ${teamVariableName(team)} in variables/${name}.json, or leave it empty: then Hermes makes one.`,
        cause: error,
      },
    );
  }
}
