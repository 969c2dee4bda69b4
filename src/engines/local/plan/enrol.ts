import { isDeepStrictEqual } from 'node:util';
import { parseJson, stringifyJson } from '../../../core/json.ts';
import type { ClusterPolicy, PoliciesApi } from '../../../databricks/api.ts';

/** Whom to enrol: a team in an embedded environment. */
export interface Enrolment {
  readonly team: string;
  readonly environment: string;
}

/**
 * Makes sure that the embedded workspace has the team's cluster policy, as the platform team would make it on a real
 * one, and answers its id. One that stands is left alone, whatever it says: somebody may be trying other rules.
 */
export async function enrolTeam(
  policies: PoliciesApi,
  enrolment: Enrolment,
  signal?: AbortSignal,
): Promise<string> {
  const name = enrolledPolicyName(enrolment);
  const existing = (await policies.listPolicies(signal)).find((policy) => policy.name === name);
  if (existing !== undefined) return existing.policyId;
  const policyId = await policies.createPolicy(name, stringifyJson(policyDefinition(enrolment)), signal);
  await policies.grantPolicyUse(policyId, enrolment.team, signal);
  return policyId;
}

/** The name under which {@link enrolTeam} makes and finds the policy of a team. */
export function enrolledPolicyName({ team, environment }: Enrolment): string {
  return `hermes-${team}-${environment}`;
}

/** Whether a policy that {@link enrolTeam} made says something else than it did then. */
export function isEditedPolicy({ name, definition }: ClusterPolicy, enrolment: Enrolment): boolean {
  if (name !== enrolledPolicyName(enrolment)) return false;
  try {
    return !isDeepStrictEqual(parseJson(definition), parseJson(stringifyJson(policyDefinition(enrolment))));
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
