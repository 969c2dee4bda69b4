import { isDeepStrictEqual } from 'node:util';
import { parseJson, stringifyJson } from '../../../core/json.ts';
import type { ClusterPolicy, PoliciesApi } from '../../../databricks/api.ts';

/** Whom to enrol: a team in an environment. */
export interface Enrolment {
  readonly team: string;
  readonly environment: string;
  /** Of its cluster policy, as JSON text. @defaultValue that of an embedded environment */
  readonly definition?: string;
}

/**
 * Makes sure that a workspace has the team's cluster policy, and answers its id; in an embedded environment without a
 * definition, one as the platform team would make it on a real workspace. One that stands is left alone, whatever it
 * says: somebody may be trying other rules.
 */
export async function enrolTeam(
  policies: PoliciesApi,
  enrolment: Enrolment,
  signal?: AbortSignal,
): Promise<string> {
  const existing = await findEnrolled(policies, enrolment, signal);
  if (existing !== undefined) return existing.policyId;
  const { name, definition } = firstPolicy(enrolment);
  let policyId: string;
  try {
    policyId = await policies.createPolicy(name, definition, signal);
  } catch (error) {
    // Another run of the team may have made it in the meantime: the name is taken then.
    policyId = (await findEnrolled(policies, enrolment, signal))?.policyId ?? '';
    if (policyId === '') throw error;
  }
  await policies.grantPolicyUse(policyId, enrolment.team, signal);
  return policyId;
}

/** The policy that {@link enrolTeam} would answer, without making one: what it would make has no id yet. */
export async function previewEnrolment(
  policies: PoliciesApi,
  enrolment: Enrolment,
  signal?: AbortSignal,
): Promise<ClusterPolicy> {
  return (await findEnrolled(policies, enrolment, signal)) ?? firstPolicy(enrolment);
}

async function findEnrolled(
  policies: PoliciesApi,
  enrolment: Enrolment,
  signal?: AbortSignal,
): Promise<ClusterPolicy | undefined> {
  const name = enrolledPolicyName(enrolment);
  return (await policies.listPolicies(signal)).find((policy) => policy.name === name);
}

function firstPolicy(enrolment: Enrolment): ClusterPolicy {
  const definition = enrolment.definition ?? stringifyJson(policyDefinition(enrolment));
  return { policyId: 'made-by-the-first-run', name: enrolledPolicyName(enrolment), definition };
}

/** The name under which {@link enrolTeam} makes and finds the policy of a team. */
export function enrolledPolicyName({ team, environment }: Enrolment): string {
  return `hermes-${team}-${environment}`;
}

/** Whether a policy that {@link enrolTeam} made says something else than it did then. */
export function isEditedPolicy({ name, definition }: ClusterPolicy, enrolment: Enrolment): boolean {
  if (name !== enrolledPolicyName(enrolment)) return false;
  try {
    return !isDeepStrictEqual(parseJson(definition), parseJson(firstPolicy(enrolment).definition));
  } catch {
    return true;
  }
}

/**
 * The rules of a team: job clusters only, one worker and up to two, a fixed machine, the team's tag and its instance
 * profile, which is what lets a run write to the Products zone and nowhere else.
 */
function policyDefinition({ team, environment }: Enrolment): Record<string, object> {
  return {
    cluster_type: { type: 'fixed', value: 'job' },
    spark_version: { type: 'unlimited', defaultValue: '15.4.x-scala2.12' },
    node_type_id: { type: 'fixed', value: 'm5.xlarge' },
    'autoscale.min_workers': { type: 'fixed', value: 1 },
    'autoscale.max_workers': { type: 'fixed', value: 2 },
    'aws_attributes.instance_profile_arn': {
      type: 'fixed',
      value: `arn:aws:iam::000000000000:instance-profile/hermes-${team}-${environment}`,
    },
    'custom_tags.team': { type: 'fixed', value: team },
  };
}
