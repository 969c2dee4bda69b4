import { createVerify } from 'node:crypto';
import { optionalText } from './fields.ts';
import { created, invalid, noContent, notFound, ok, refuse } from './reply.ts';
import { describeRepository, describeUser, seconds } from './repository-json.ts';
import { type Call, organisationOf, paged, type Route, reads, repositoryOf, route, writes } from './route.ts';
import type { App, Organisation, Repository, State, Team, TeamPermission } from './state.ts';

const TEAM = '/orgs/{org}/teams/{team_slug}';
const TEAM_REPOSITORY = `${TEAM}/repos/{owner}/{repo}`;
const PERMISSIONS: readonly TeamPermission[] = ['pull', 'triage', 'push', 'maintain', 'admin'];

export const organisationRoutes: readonly Route[] = [
  route('GET', '/user', undefined, ({ state, token }) => {
    if (token === undefined) throw refuse(401, 'Requires authentication');
    if (token.kind === 'app' || token.kind === 'actions')
      throw refuse(403, 'Resource not accessible by integration');
    return ok({ ...describeUser(state, token.login), name: token.login });
  }),
  route('GET', '/users/{username}', undefined, ({ state, params }) => {
    const login = params.username ?? '';
    const organisation = state.organisations.get(login.toLowerCase());
    const isKnown = [...state.tokens.values()].some((token) => token.login === login);
    if (organisation === undefined && !isKnown) throw notFound();
    const type = organisation === undefined ? 'User' : 'Organization';
    return ok({ ...describeProfile(state, login), type });
  }),
  route('GET', '/orgs/{org}', undefined, (call) =>
    ok(describeOrganisation(call.state, organisationOf(call))),
  ),
  route('GET', '/rate_limit', undefined, () => ok({ resources: {}, rate: {} })),
  route('GET', '/orgs/{org}/teams', reads('members', 'read:org'), (call) => {
    const organisation = organisationOf(call);
    const { items, headers } = paged(call, `/orgs/${organisation.login}/teams`, [
      ...organisation.teams.values(),
    ]);
    return {
      status: 200,
      body: (items as Team[]).map((team) => describeTeam(call.state, organisation, team)),
      headers,
    };
  }),
  route('GET', TEAM, reads('members', 'read:org'), (call) => {
    return ok(describeTeam(call.state, organisationOf(call), teamOf(call)));
  }),
  route('GET', `${TEAM}/repos`, reads('members', 'read:org'), (call) => {
    const { login } = organisationOf(call);
    const { slug } = teamOf(call);
    const all = [...call.state.repositories.values()].filter(
      ({ owner, teams }) => owner === login && teams.has(slug),
    );
    const { items, headers } = paged(call, `/orgs/${login}/teams/${slug}/repos`, all);
    const body = (items as Repository[]).map((one) => describeRepository(call.state, one, call.token));
    return { status: 200, body, headers };
  }),
  route('GET', TEAM_REPOSITORY, reads('members', 'read:org'), (call) => {
    const repository = repositoryOf(call);
    const permission = repository.teams.get(teamOf(call).slug);
    if (permission === undefined) throw notFound();
    // Without the media type of repositories there is no body.
    if (call.headers.accept?.includes('repository+json') !== true) return noContent;
    return ok({ ...describeRepository(call.state, repository, call.token), permissions: levels(permission) });
  }),
  route('PUT', TEAM_REPOSITORY, writes('administration', 'repo'), (call) => {
    const permission = optionalText(call.body, 'permission') ?? 'push';
    if (!PERMISSIONS.includes(permission as TeamPermission)) throw invalid('Team', 'permission', 'invalid');
    repositoryOf(call).teams.set(teamOf(call).slug, permission as TeamPermission);
    return noContent;
  }),
  route('DELETE', TEAM_REPOSITORY, writes('administration', 'repo'), (call) => {
    repositoryOf(call).teams.delete(teamOf(call).slug);
    return noContent;
  }),
  route('GET', '/repos/{owner}/{repo}/teams', reads('administration'), (call) => {
    const repository = repositoryOf(call);
    const organisation = call.state.organisations.get(repository.owner.toLowerCase());
    const body = [...repository.teams].flatMap(([slug, permission]) => {
      const team = organisation?.teams.get(slug);
      if (organisation === undefined || team === undefined) return [];
      return [
        { ...describeTeam(call.state, organisation, team), permission, permissions: levels(permission) },
      ];
    });
    return ok(body);
  }),
];

/** What everybody may see of somebody. */
function describeProfile(state: State, login: string) {
  const user = describeUser(state, login);
  const lists = ['followers', 'subscriptions', 'organizations', 'repos', 'received_events'];
  const secret = {
    name: null,
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
  };
  return {
    ...user,
    ...secret,
    avatar_url: `${user.html_url}.png`,
    gravatar_id: null,
    ...Object.fromEntries(lists.map((name) => [`${name}_url`, `${user.url}/${name}`])),
    following_url: `${user.url}/following{/other_user}`,
    gists_url: `${user.url}/gists{/gist_id}`,
    starred_url: `${user.url}/starred{/owner}{/repo}`,
    events_url: `${user.url}/events{/privacy}`,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: seconds(state.now()),
    updated_at: seconds(state.now()),
  };
}

function teamOf(call: Call): Team {
  const team = organisationOf(call).teams.get(call.params.team_slug ?? '');
  if (team === undefined) throw notFound();
  return team;
}

function levels(permission: TeamPermission) {
  const at = PERMISSIONS.indexOf(permission);
  return Object.fromEntries(PERMISSIONS.map((name, index) => [name, index <= at]));
}

function describeTeam(state: State, organisation: Organisation, { id, slug, name }: Team) {
  return {
    id,
    node_id: `T_${id}`,
    slug,
    name,
    description: null,
    privacy: 'closed',
    permission: 'pull',
    parent: null,
    url: `${state.apiUrl}/organizations/${organisation.id}/team/${id}`,
    html_url: `${state.gitUrl}/orgs/${organisation.login}/teams/${slug}`,
  };
}

function describeOrganisation(state: State, { login, id, plan, membersMayCreate }: Organisation) {
  return {
    login,
    id,
    node_id: `O_${id}`,
    url: `${state.apiUrl}/orgs/${login}`,
    html_url: `${state.gitUrl}/${login}`,
    description: null,
    type: 'Organization',
    members_can_create_repositories: membersMayCreate,
    plan: { name: plan, space: 1, private_repos: 10_000 },
  };
}

const INSTALLATION = 4711;

/** How a GitHub App signs in (https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app). */
export const appRoutes: readonly Route[] = [
  route('GET', '/orgs/{org}/installation', undefined, (call) => {
    const app = checkJwt(call);
    if (app.organisation !== organisationOf(call).login) throw notFound();
    return ok(describeInstallation(call.state, app));
  }),
  route('GET', '/repos/{owner}/{repo}/installation', undefined, (call) => {
    const app = checkJwt(call);
    const { name } = repositoryOf(call);
    if (app.repositories?.includes(name) === false) throw notFound();
    return ok(describeInstallation(call.state, app));
  }),
  route('POST', '/app/installations/{installation_id}/access_tokens', undefined, (call) => {
    const app = checkJwt(call);
    if (call.params.installation_id !== String(INSTALLATION)) throw notFound();
    const token = `ghs_${String(call.state.nextId()).padStart(36, '0')}`;
    const { permissions, repositories } = app;
    call.state.tokens.set(token, {
      kind: 'app',
      login: 'hermes[bot]',
      permissions,
      ...(repositories === undefined ? {} : { repositories }),
    });
    const expires = new Date(call.state.now().getTime() + 3_600_000);
    const selection = repositories === undefined ? 'all' : 'selected';
    // GitHub leaves this one out here.
    const { actions_variables: _unsaid, ...said } = permissions;
    return created({
      token,
      expires_at: seconds(expires),
      permissions: said,
      repository_selection: selection,
    });
  }),
  route('GET', '/installation/repositories', reads('metadata'), (call) => {
    const only = call.token?.repositories;
    const all = [...call.state.repositories.values()].filter(({ name }) => only?.includes(name) !== false);
    const { items, total, headers } = paged(call, '/installation/repositories', all);
    const repositories = (items as Repository[]).map((one) =>
      describeRepository(call.state, one, call.token),
    );
    return { status: 200, body: { total_count: total, repositories }, headers };
  }),
];

function describeInstallation(state: State, { id, organisation, permissions, repositories }: App) {
  return {
    id: INSTALLATION,
    app_id: id,
    account: describeUser(state, organisation),
    permissions,
    repository_selection: repositories === undefined ? 'all' : 'selected',
    html_url: `${state.gitUrl}/organizations/${organisation}/settings/installations/${INSTALLATION}`,
  };
}

function checkJwt({ state, headers }: Call): App {
  const [, jwt = ''] = String(headers.authorization ?? '').split(' ');
  const [head = '', payload = '', signature = ''] = jwt.split('.');
  const { app } = state;
  const isSigned =
    app !== undefined &&
    createVerify('RSA-SHA256').update(`${head}.${payload}`).verify(app.publicKey, signature, 'base64url');
  const claims = isSigned ? JSON.parse(Buffer.from(payload, 'base64url').toString()) : {};
  if (app === undefined || !isSigned || String(claims.iss) !== String(app.id)) {
    throw refuse(401, 'A JSON web token could not be decoded');
  }
  return app;
}
