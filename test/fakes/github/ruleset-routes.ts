import { object, objects, optionalText, text } from './fields.ts';
import { refreshHook } from './git-state.ts';
import { created, noContent, notFound, ok, refuse } from './reply.ts';
import { seconds } from './repository-json.ts';
import {
  type Call,
  organisationPlan,
  paged,
  type Route,
  reads,
  repositoryOf,
  route,
  writes,
} from './route.ts';
import { rulesOf } from './rules.ts';
import type { Repository, Ruleset, State } from './state.ts';

const RULESETS = '/repos/{owner}/{repo}/rulesets';

export const rulesetRoutes: readonly Route[] = [
  route('GET', RULESETS, reads('metadata'), (call) => {
    const repository = offered(call);
    const all = [...repository.rulesets.values()];
    const { items, headers } = paged(call, `/repos/${repository.owner}/${repository.name}/rulesets`, all);
    const body = (items as Ruleset[]).map((one) => summarise(call.state, repository, one));
    return { status: 200, body, headers };
  }),
  route('POST', RULESETS, writes('administration'), async (call) => {
    const repository = offered(call);
    const name = text(call.body, 'name');
    if ([...repository.rulesets.values()].some((one) => one.name === name)) {
      throw refuse(422, 'Validation Failed', { errors: ['Name must be unique'] });
    }
    const now = call.state.now();
    const ruleset: Ruleset = {
      id: call.state.nextId(),
      ...wantedRuleset(call),
      createdAt: now,
      updatedAt: now,
    };
    repository.rulesets.set(ruleset.id, ruleset);
    await refreshHook(call.state, repository);
    return created(describeRuleset(call.state, repository, ruleset));
  }),
  route('GET', `${RULESETS}/{ruleset_id}`, reads('metadata'), (call) =>
    ok(describeRuleset(call.state, offered(call), rulesetOf(call))),
  ),
  route('PUT', `${RULESETS}/{ruleset_id}`, writes('administration'), async (call) => {
    const repository = offered(call);
    const ruleset = rulesetOf(call);
    Object.assign(ruleset, wantedRuleset(call, ruleset), { updatedAt: call.state.now() });
    await refreshHook(call.state, repository);
    return ok(describeRuleset(call.state, repository, ruleset));
  }),
  route('DELETE', `${RULESETS}/{ruleset_id}`, writes('administration'), async (call) => {
    const repository = offered(call);
    repository.rulesets.delete(rulesetOf(call).id);
    await refreshHook(call.state, repository);
    return noContent;
  }),
  route('GET', '/repos/{owner}/{repo}/rules/branches/{branch}', reads('metadata'), (call) =>
    ok(rulesOf(offered(call), call.params.branch ?? '')),
  ),
];

/** Rulesets of private repositories are paid for (https://github.com/MishaMgla/opencraft1/pull/22), and old servers have none. */
function offered(call: Call): Repository {
  const repository = repositoryOf(call);
  if (!call.state.features.rulesets) throw notFound();
  if (repository.visibility !== 'public' && organisationPlan(call, repository) === 'free') {
    throw refuse(403, 'Upgrade to GitHub Pro or make this repository public to enable this feature.');
  }
  return repository;
}

function rulesetOf(call: Call): Ruleset {
  const found = repositoryOf(call).rulesets.get(Number(call.params.ruleset_id));
  if (found === undefined) throw notFound();
  return found;
}

function wantedRuleset({ body }: Call, old?: Ruleset): Omit<Ruleset, 'id' | 'createdAt' | 'updatedAt'> {
  const enforcement =
    old === undefined ? text(body, 'enforcement') : (optionalText(body, 'enforcement') ?? old.enforcement);
  if (!['disabled', 'active', 'evaluate'].includes(enforcement)) {
    throw refuse(422, 'Validation Failed', { errors: ['Enforcement is not included in the list'] });
  }
  return {
    name: optionalText(body, 'name') ?? old?.name ?? '',
    target: optionalText(body, 'target') ?? old?.target ?? 'branch',
    enforcement,
    conditions: object(body, 'conditions') ?? old?.conditions ?? {},
    rules: body.rules === undefined ? (old?.rules ?? []) : objects(body, 'rules'),
    bypassActors:
      body.bypass_actors === undefined ? (old?.bypassActors ?? []) : objects(body, 'bypass_actors'),
  };
}

function summarise(state: State, { owner, name }: Repository, ruleset: Ruleset) {
  return {
    id: ruleset.id,
    node_id: `RRS_${ruleset.id}`,
    name: ruleset.name,
    target: ruleset.target,
    source_type: 'Repository',
    source: `${owner}/${name}`,
    enforcement: ruleset.enforcement,
    created_at: seconds(ruleset.createdAt),
    updated_at: seconds(ruleset.updatedAt),
    _links: { self: { href: `${state.apiUrl}/repos/${owner}/${name}/rulesets/${ruleset.id}` } },
  };
}

function describeRuleset(state: State, repository: Repository, ruleset: Ruleset) {
  const { conditions, rules, bypassActors } = ruleset;
  return {
    ...summarise(state, repository, ruleset),
    conditions,
    rules,
    bypass_actors: bypassActors,
    current_user_can_bypass: 'never',
  };
}
