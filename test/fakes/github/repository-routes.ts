import { rmSync } from 'node:fs';
import { changing, makeBare } from './bare-repository.ts';
import { flag, isFields, optionalText, text, texts } from './fields.ts';
import { gitText } from './git-process.ts';
import { commitFiles, headOf } from './git-state.ts';
import { created, invalid, noContent, ok, refuse } from './reply.ts';
import { describeListed, describeWhole } from './repository-json.ts';
import { type Call, organisationOf, paged, type Route, reads, repositoryOf, route, writes } from './route.ts';
import { makeKeyPair } from './sealed-secret.ts';
import type { Repository, State, Visibility } from './state.ts';

const REPOSITORY = '/repos/{owner}/{repo}';
const SETTINGS =
  /^(has_|allow_|delete_branch_on_merge$|web_commit_signoff_required$|is_template$|merge_|squash_)/;

export const repositoryRoutes: readonly Route[] = [
  route('POST', '/orgs/{org}/repos', writes('administration'), createRepository),
  route('GET', '/orgs/{org}/repos', reads('metadata'), listRepositories),
  route('GET', REPOSITORY, reads('metadata'), (call) => {
    const repository = repositoryOf(call);
    return ok(describeWhole(call.state, repository, call.token));
  }),
  route('PATCH', REPOSITORY, writes('administration'), updateRepository),
  route('DELETE', REPOSITORY, writes('administration', 'delete_repo'), (call) => {
    const repository = repositoryOf(call);
    call.state.repositories.delete(keyOf(repository));
    rmSync(repository.folder, { recursive: true, force: true });
    return noContent;
  }),
  route('GET', `${REPOSITORY}/topics`, reads('metadata'), (call) => ok({ names: repositoryOf(call).topics })),
  route('PUT', `${REPOSITORY}/topics`, writes('administration'), (call) => {
    const repository = repositoryOf(call);
    repository.topics = texts(call.body, 'names');
    return ok({ names: repository.topics });
  }),
  route('GET', `${REPOSITORY}/properties/values`, reads('metadata'), (call) =>
    ok([...repositoryOf(call).properties].map(([name, value]) => ({ property_name: name, value }))),
  ),
];

async function createRepository(call: Call) {
  const { state, body, token } = call;
  const organisation = organisationOf(call);
  // https://github.com/integrations/terraform-provider-github/issues/2226
  if (token?.kind === 'actions' || !organisation.membersMayCreate) {
    throw refuse(403, 'You need admin access to the organization before adding a repository to it.');
  }
  const name = text(body, 'name').replaceAll(/[^\w.-]/g, '-');
  if (name === '' || name === '.' || name === '..' || name.length > 100 || /\.(git|wiki)$/i.test(name)) {
    throw invalid('Repository', 'name', 'custom', 'name is invalid', 'Repository creation failed.');
  }
  const visibility = wantedVisibility(call);
  if (state.repositories.has(`${organisation.login}/${name}`.toLowerCase())) {
    throw invalid(
      'Repository',
      'name',
      'custom',
      'name already exists on this account',
      'Repository creation failed.',
    );
  }
  const description = optionalText(body, 'description') ?? null;
  const repository = addRepository(state, { owner: organisation.login, name, description, visibility });
  const properties = isFields(body.custom_properties) ? Object.entries(body.custom_properties) : [];
  for (const [key, value] of properties) repository.properties.set(key, value as string);
  keepSettings(repository, call);
  if (flag(body, 'auto_init')) {
    await changing(repository, async () => {
      const readme = [`# ${name}`, description ?? ''].filter((line) => line !== '').join('\n');
      await commitFiles(state, repository, { 'README.md': readme }, 'Initial commit');
    });
    repository.lateContent = state.lateContent;
  }
  return created(describeWhole(state, repository, token));
}

function wantedVisibility({ state, body }: Call): Visibility {
  const visibility = optionalText(body, 'visibility') ?? (flag(body, 'private') ? 'private' : 'public');
  const offered = state.features.enterpriseVersion === undefined ? isEnterprise : () => true;
  if (visibility === 'internal' && !offered()) {
    const why = 'Only organizations associated with an enterprise can set visibility to internal';
    throw refuse(422, 'Repository creation failed.', { errors: [why] });
  }
  if (!['public', 'private', 'internal'].includes(visibility)) {
    throw invalid(
      'Repository',
      'visibility',
      'custom',
      'visibility is invalid',
      'Repository creation failed.',
    );
  }
  return visibility as Visibility;

  function isEnterprise() {
    return [...state.organisations.values()].some(({ plan }) => plan === 'enterprise');
  }
}

/** Puts a repository without content into the state. */
export function addRepository(
  state: State,
  given: Pick<Repository, 'owner' | 'name' | 'description' | 'visibility'>,
  folder?: string,
): Repository {
  const defaultBranch = state.organisations.get(given.owner.toLowerCase())?.defaultBranch ?? 'main';
  const now = state.now();
  const repository: Repository = {
    ...given,
    id: state.nextId(),
    homepage: null,
    archived: false,
    defaultBranch,
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
    topics: [],
    properties: new Map(),
    settings: new Map(),
    folder: folder ?? makeBare(state.root, defaultBranch),
    shared: folder !== undefined,
    lateContent: 0,
    teams: new Map(),
    variables: new Map(),
    secrets: new Map(),
    keys: makeKeyPair(),
    environments: new Map(),
    rulesets: new Map(),
    pulls: [],
    turn: Promise.resolve(),
  };
  state.repositories.set(keyOf(repository), repository);
  return repository;
}

function listRepositories(call: Call) {
  const { login } = organisationOf(call);
  const all = [...call.state.repositories.values()].filter(({ owner }) => owner === login);
  const seen = all.filter(
    ({ name, visibility }) => visibility === 'public' || (call.token?.repositories ?? [name]).includes(name),
  );
  const type = call.query.get('type') ?? 'all';
  const wanted = seen.filter(({ visibility }) => type === 'all' || type === visibility);
  const sort = call.query.get('sort') ?? 'created';
  const direction = call.query.get('direction') ?? (sort === 'full_name' ? 'asc' : 'desc');
  const by = ORDERS[sort] ?? ORDERS.created;
  const sorted = wanted.toSorted((a, b) => by?.(a, b) ?? 0);
  if (direction === 'desc') sorted.reverse();
  const { items, headers } = paged(call, `/orgs/${login}/repos`, sorted);
  const body = items.map((one) => describeListed(call.state, one as Repository, call.token));
  return { status: 200, body, headers };
}

const ORDERS: Readonly<Record<string, (a: Repository, b: Repository) => number>> = {
  created: (a, b) => a.id - b.id,
  updated: (a, b) => a.updatedAt.getTime() - b.updatedAt.getTime(),
  pushed: (a, b) => a.pushedAt.getTime() - b.pushedAt.getTime(),
  full_name: (a, b) => (a.name < b.name ? -1 : 1),
};

async function updateRepository(call: Call) {
  const { state, body, token } = call;
  const repository = repositoryOf(call);
  const branch = optionalText(body, 'default_branch');
  if (branch !== undefined && branch !== repository.defaultBranch) {
    if ((await headOf(repository, branch)) === undefined) {
      throw invalid('Repository', 'default_branch', 'invalid', `The branch ${branch} was not found.`);
    }
    await setDefaultBranch(repository, branch);
  }
  const name = optionalText(body, 'name');
  if (name !== undefined && name !== repository.name) rename(state, repository, name);
  if ('description' in body) repository.description = optionalText(body, 'description') ?? null;
  if ('homepage' in body) repository.homepage = optionalText(body, 'homepage') ?? null;
  if ('archived' in body) repository.archived = flag(body, 'archived');
  if ('visibility' in body || 'private' in body) repository.visibility = wantedVisibility(call);
  keepSettings(repository, call);
  repository.updatedAt = state.now();
  return ok(describeWhole(state, repository, token));
}

function keepSettings(repository: Repository, { body }: Call): void {
  for (const [name, value] of Object.entries(body)) {
    if (SETTINGS.test(name)) repository.settings.set(name, value);
  }
}

function rename(state: State, repository: Repository, name: string): void {
  state.repositories.delete(keyOf(repository));
  state.renamed.set(keyOf(repository), repository);
  repository.name = name;
  state.repositories.set(keyOf(repository), repository);
}

async function setDefaultBranch(repository: Repository, branch: string): Promise<void> {
  await changing(repository, () =>
    gitText(repository.folder, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`]),
  );
  repository.defaultBranch = branch;
}

const keyOf = ({ owner, name }: Repository): string => `${owner}/${name}`.toLowerCase();
