import { optionalText, text } from './fields.ts';
import { created, noContent, notFound, ok, refuse } from './reply.ts';
import { describeOwner, seconds } from './repository-json.ts';
import { type Call, paged, type Route, reads, repositoryOf, route, writes } from './route.ts';
import type { Environment, Repository, Secret, Variable } from './state.ts';

/** Names that GitHub takes (https://docs.github.com/actions/reference/workflows-and-actions/variables#naming-conventions-for-configuration-variables). */
const NAME = /^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/i;
const REPOSITORY = '/repos/{owner}/{repo}/actions';
const ENVIRONMENT = '/repos/{owner}/{repo}/environments/{environment_name}';

/** Variables and secrets of CI: those of the repository, and those of each environment. */
export const actionsRoutes: readonly Route[] = [
  ...settingsAt(REPOSITORY, 'actions_variables', 'secrets', repositoryOf),
  ...settingsAt(ENVIRONMENT, 'environments', 'environments', environmentOf),
  route('GET', `${REPOSITORY}/oidc/customization/sub`, reads('actions'), (call) => ok(describeSubject(call))),
];

/** How jobs name a repository that was made since 2026-07-15: by the numbers of its owner and its own. */
function describeSubject(call: Call) {
  const { id, owner, name } = repositoryOf(call);
  const prefix = `repo:${owner}@${describeOwner(call.state, owner).id}/${name}@${id}`;
  return { use_default: true, use_immutable_subject: true, sub_claim_prefix: prefix };
}

type Holder = Pick<Repository | Environment, 'variables' | 'secrets' | 'keys'>;

function settingsAt(
  base: string,
  variablePermission: string,
  secretPermission: string,
  holderOf: (call: Call) => Holder,
): Route[] {
  const variable = (call: Call): Variable => {
    const found = holderOf(call).variables.get((call.params.name ?? '').toUpperCase());
    if (found === undefined) throw notFound();
    return found;
  };
  return [
    route('GET', `${base}/variables`, reads(variablePermission), (call) => {
      const { items, total, headers } = paged(call, pathOf(call, base, 'variables'), [
        ...holderOf(call).variables.values(),
      ]);
      return {
        status: 200,
        body: { total_count: total, variables: (items as Variable[]).map(describe) },
        headers,
      };
    }),
    route('GET', `${base}/variables/{name}`, reads(variablePermission), (call) =>
      ok(describe(variable(call))),
    ),
    route('POST', `${base}/variables`, writes(variablePermission), (call) =>
      addVariable(call, holderOf(call)),
    ),
    route('PATCH', `${base}/variables/{name}`, writes(variablePermission), (call) => {
      const found = variable(call);
      found.value = optionalText(call.body, 'value') ?? found.value;
      found.updatedAt = call.state.now();
      return noContent;
    }),
    route('DELETE', `${base}/variables/{name}`, writes(variablePermission), (call) => {
      holderOf(call).variables.delete(variable(call).name);
      return noContent;
    }),
    ...secretsAt(base, secretPermission, holderOf),
  ];
}

function secretsAt(base: string, permission: string, holderOf: (call: Call) => Holder): Route[] {
  const secret = (call: Call): Secret => {
    const found = holderOf(call).secrets.get((call.params.secret_name ?? '').toUpperCase());
    if (found === undefined) throw notFound();
    return found;
  };
  return [
    route('GET', `${base}/secrets`, reads(permission), (call) => {
      const { items, total, headers } = paged(call, pathOf(call, base, 'secrets'), [
        ...holderOf(call).secrets.values(),
      ]);
      return {
        status: 200,
        body: { total_count: total, secrets: (items as Secret[]).map(describe) },
        headers,
      };
    }),
    route('GET', `${base}/secrets/public-key`, reads(permission), (call) => {
      const { keyId, publicKey } = holderOf(call).keys;
      return ok({ key_id: keyId, key: publicKey });
    }),
    route('GET', `${base}/secrets/{secret_name}`, reads(permission), (call) => ok(describe(secret(call)))),
    route('PUT', `${base}/secrets/{secret_name}`, writes(permission), (call) =>
      putSecret(call, holderOf(call)),
    ),
    route('DELETE', `${base}/secrets/{secret_name}`, writes(permission), (call) => {
      holderOf(call).secrets.delete(secret(call).name);
      return noContent;
    }),
  ];
}

function addVariable({ state, body }: Call, { variables }: Holder) {
  const name = text(body, 'name').toUpperCase();
  checkName(name, 'Variable');
  if (variables.has(name)) throw refuse(409, 'Already exists - Variable already exists');
  const value = text(body, 'value');
  if (Buffer.byteLength(value) > 48 * 1024) throw refuse(422, 'Variable value is too large');
  const now = state.now();
  variables.set(name, { name, value, createdAt: now, updatedAt: now });
  return created({});
}

function putSecret({ state, params, body }: Call, { secrets, keys }: Holder) {
  const name = (params.secret_name ?? '').toUpperCase();
  checkName(name, 'Secret');
  const keyId = text(body, 'key_id');
  const sealed = text(body, 'encrypted_value');
  if (keyId !== keys.keyId) throw refuse(422, 'Bad Request: key_id is not the current public key');
  const updatedAt = state.now();
  const old = secrets.get(name);
  secrets.set(name, { name, sealed, keyId, updatedAt, createdAt: old?.createdAt ?? updatedAt });
  return old === undefined ? created({}) : noContent;
}

function checkName(name: string, kind: string): void {
  if (!NAME.test(name)) {
    const rule =
      'can only contain alphanumeric characters ([A-Z], [0-9]) or underscores (_). Spaces are not allowed. Cannot start with a number or GITHUB_.';
    throw refuse(422, `${kind} names ${rule}`);
  }
}

function describe(setting: Variable | Secret) {
  const { name, createdAt, updatedAt } = setting;
  const dates = { created_at: seconds(createdAt), updated_at: seconds(updatedAt) };
  return 'value' in setting ? { name, value: setting.value, ...dates } : { name, ...dates };
}

/** The environment of the request. */
export function environmentOf(call: Call): Environment {
  const found = repositoryOf(call).environments.get((call.params.environment_name ?? '').toLowerCase());
  if (found === undefined) throw notFound();
  return found;
}

function pathOf({ params }: Call, base: string, kind: string): string {
  return `${base}/${kind}`.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
}
