import type { Repository, State, Token } from './state.ts';

/** A repository that was asked for by itself. */
export function describeWhole(state: State, repository: Repository, token: Token | undefined) {
  return {
    ...describeListed(state, repository, token),
    organization: describeOwner(state, repository.owner),
  };
}

/** A repository in a list of an organisation's. */
export function describeListed(state: State, repository: Repository, token: Token | undefined) {
  const properties = Object.fromEntries(repository.properties);
  return { ...describeRepository(state, repository, token), custom_properties: properties };
}

/** A repository as GitHub describes it wherever it is named. */
export function describeRepository(state: State, repository: Repository, token: Token | undefined) {
  const { owner, name, visibility } = repository;
  const api = `${state.apiUrl}/repos/${owner}/${name}`;
  const html = `${state.gitUrl}/${owner}/${name}`;
  const isWriter =
    token !== undefined && (token.kind === 'classic' || token.permissions?.contents === 'write');
  return {
    id: repository.id,
    node_id: `R_${repository.id}`,
    name,
    full_name: `${owner}/${name}`,
    private: visibility !== 'public',
    visibility,
    owner: describeOwner(state, owner),
    html_url: html,
    url: api,
    clone_url: `${html}.git`,
    ssh_url: `git@${new URL(state.gitUrl).host}:${owner}/${name}.git`,
    git_url: `git://${new URL(state.gitUrl).host}/${owner}/${name}.git`,
    description: repository.description,
    homepage: repository.homepage,
    fork: false,
    archived: repository.archived,
    disabled: false,
    default_branch: repository.defaultBranch,
    created_at: seconds(repository.createdAt),
    updated_at: seconds(repository.updatedAt),
    pushed_at: seconds(repository.pushedAt),
    topics: [...repository.topics],
    language: null,
    license: null,
    size: 0,
    stargazers_count: 0,
    open_issues_count: repository.pulls.filter((pull) => pull.state === 'open').length,
    permissions: { admin: isWriter, maintain: isWriter, push: isWriter, triage: isWriter, pull: true },
    ...Object.fromEntries(repository.settings),
  };
}

export function describeOwner(state: State, login: string) {
  const organisation = state.organisations.get(login.toLowerCase());
  return {
    ...describeUser(state, organisation?.login ?? login),
    ...(organisation === undefined ? {} : { id: organisation.id, type: 'Organization' }),
  };
}

/** A person, or a program that acts as one. */
export function describeUser(state: State, login: string) {
  const isBot = login.endsWith('[bot]');
  return {
    login,
    id: [...login].reduce((sum, letter) => sum + letter.charCodeAt(0), 1000),
    node_id: `U_${login}`,
    url: `${state.apiUrl}/users/${login}`,
    html_url: `${state.gitUrl}/${login}`,
    type: isBot ? 'Bot' : 'User',
    site_admin: false,
  };
}

/** GitHub writes no fractions of seconds. */
export function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
