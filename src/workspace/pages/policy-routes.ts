import type { Context, Hono } from 'hono';
import { type Json, type JsonObject, parseJson } from '../../core/json.ts';
import { printable, printableLine } from '../../core/printable.ts';
import { grantsOf } from '../identity/permissions.ts';
import { ADMINS } from '../identity/users.ts';
import { listPolicies, readPolicy } from '../policies/policies.ts';
import { familyDefinition, listFamilies } from '../policies/policy-families.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { isObject } from '../wire/fields.ts';
import { page } from './page-frame.ts';
import { timeWords } from './words.ts';

/** The policies that someone may use, and the rules of each. */
export function policyRoutes(app: Hono<AppTypes>, { db }: WorkspaceParts): void {
  app.get('/policies', (c) => {
    const policies = listPolicies(db, c.var.who, 'POLICY_NAME', false).map((policy) => ({
      ...headOf(policy),
      rules: rulesOf(definitionOf(policy))?.length,
    }));
    const families = listFamilies().map((family) => ({
      name: String(family.name),
      id: String(family.policy_family_id),
      description: String(family.description),
    }));
    return page(c, 'policies', 'Policies', { policies, families });
  });
  app.get('/policies/:id', (c) => onePolicy(c, readPolicy(db, c.req.param('id'), c.var.who)));

  const onePolicy = (c: Context<AppTypes>, policy: JsonObject): Response => {
    const definition = definitionOf(policy);
    const rules = rulesOf(definition);
    const users = grantsOf(db, 'cluster-policies', String(policy.policy_id)).map((grant) => ({
      principal: printableLine(grant.principal),
      kind: grant.kind === 'group_name' ? 'group' : 'user',
      may: 'may use',
    }));
    return page(c, 'policy', String(policy.name), {
      ...headOf(policy),
      ...(rules === undefined ? { malformed: printable(definition) } : { rules }),
      users: [...users, { principal: ADMINS, kind: 'group', may: 'may use and change' }],
    });
  };
}

function headOf(policy: JsonObject) {
  const text = (value: unknown): string => printableLine(String(value ?? ''));
  const limit = policy.max_clusters_per_user;
  return {
    id: text(policy.policy_id),
    name: text(policy.name),
    url: `/policies/${encodeURIComponent(String(policy.policy_id))}`,
    description: text(policy.description),
    creator: text(policy.creator_user_name),
    created: timeWords(Number(policy.created_at_timestamp)),
    ...(limit === undefined ? {} : { limit: text(limit) }),
    ...(policy.policy_family_id === undefined ? {} : { family: text(policy.policy_family_id) }),
  };
}

/** The rules as text: the policy's own, or those of its family with what it changes of them. */
function definitionOf(policy: JsonObject): string {
  if (policy.policy_family_id === undefined) return String(policy.definition ?? '');
  return familyDefinition(
    String(policy.policy_family_id),
    String(policy.policy_family_definition_overrides ?? ''),
  );
}

/** Each attribute with what it may be; undefined when the definition cannot be read, which only its use would tell. */
function rulesOf(definition: string) {
  const value = jsonOf(definition);
  if (!isObject(value)) return undefined;
  return Object.entries(value).map(([path, rule]) => {
    const { type, hidden, isOptional, ...rest } = isObject(rule) ? rule : { type: 'unknown', value: rule };
    return {
      path: printableLine(path),
      type: printableLine(String(type)),
      isFixed: type === 'fixed',
      details: Object.entries(rest).map(([name, detail]) => ({
        name: printableLine(name),
        value: printableLine(typeof detail === 'string' ? detail : (JSON.stringify(detail) ?? '')),
      })),
      notes: [...(hidden === true ? ['hidden'] : []), ...(isOptional === true ? ['optional'] : [])].join(
        ', ',
      ),
    };
  });
}

function jsonOf(text: string): Json | undefined {
  try {
    return parseJson(text.trim() === '' ? '{}' : text);
  } catch {
    return undefined;
  }
}
