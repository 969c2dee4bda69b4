import type { JsonObject } from '../../core/json.ts';
import type { ClusterPolicy, PoliciesApi } from '../api.ts';
import type { Transport } from '../http/transport.ts';
import { list, object, text } from '../runs/parse-run.ts';
import { mergePolicyFamily } from './policy-family.ts';

const POLICIES = '/api/2.0/policies/clusters';
const FAMILIES = '/api/2.0/policy-families';

/** The cluster policies of a workspace. */
export function policiesApi(send: Transport): PoliciesApi {
  return {
    getPolicy: async (policyId, signal) => {
      const action = `read cluster policy ${policyId}`;
      const body = await send(get(`${POLICIES}/get`, { policy_id: policyId }, action), signal);
      return effectivePolicy(body, familyReader(send, signal));
    },
    listPolicies: async (signal) => {
      const { policies } = await send(get(`${POLICIES}/list`, {}, 'list cluster policies'), signal);
      const readFamily = familyReader(send, signal);
      return Promise.all(list(policies).map((body) => effectivePolicy(body, readFamily)));
    },
    createPolicy: async (name, definition, signal) => {
      const body = { name, definition };
      const call = { method: 'POST', path: `${POLICIES}/create`, body, repeatable: false } as const;
      return text((await send({ ...call, action: `create cluster policy ${name}` }, signal)).policy_id);
    },
    editPolicy: async (policy, signal) => {
      const body = { policy_id: policy.policyId, name: policy.name, definition: policy.definition };
      const call = { method: 'POST', path: `${POLICIES}/edit`, body, repeatable: true } as const;
      await send({ ...call, action: `edit cluster policy ${policy.name}` }, signal);
    },
    grantPolicyUse: async (policyId, group, signal) => {
      const path = `/api/2.0/permissions/cluster-policies/${encodeURIComponent(policyId)}`;
      const body = { access_control_list: [{ group_name: group, permission_level: 'CAN_USE' }] };
      const action = `let group ${group} use cluster policy ${policyId}`;
      await send({ method: 'PATCH', path, body, action, repeatable: true }, signal);
    },
  };
}

type FamilyReader = (familyId: string) => Promise<string>;

/** Reads the definition of each family once. */
function familyReader(send: Transport, signal: AbortSignal | undefined): FamilyReader {
  const known = new Map<string, Promise<string>>();
  const read = async (familyId: string): Promise<string> => {
    const path = `${FAMILIES}/${encodeURIComponent(familyId)}`;
    return text((await send(get(path, {}, `read policy family ${familyId}`), signal)).definition);
  };
  return (familyId) => {
    const reading = known.get(familyId) ?? read(familyId);
    known.set(familyId, reading);
    return reading;
  };
}

/** A policy of a family holds what it changes; a workspace may send the merged definition beside it. */
async function effectivePolicy(body: JsonObject, readFamily: FamilyReader): Promise<ClusterPolicy> {
  const { policy_id, name, definition, policy_family_id, policy_family_definition_overrides } = object(body);
  const familyId = text(policy_family_id);
  const policy = { policyId: text(policy_id), name: text(name), definition: text(definition) };
  if (familyId === '') return policy;
  if (policy.definition !== '') return { ...policy, familyId };
  const overrides = text(policy_family_definition_overrides);
  return { ...policy, familyId, definition: mergePolicyFamily(await readFamily(familyId), overrides) };
}

function get(path: string, query: Readonly<Record<string, string>>, action: string) {
  return { method: 'GET', path, query, action, repeatable: true } as const;
}
