import type { Reply } from './reply.ts';
import { notFound } from './reply.ts';
import type { Fields, Level, Organisation, Plan, Repository, State, Token } from './state.ts';

/** One request, taken apart. */
export interface Call {
  readonly state: State;
  readonly token: Token | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Fields;
  /** The JSON itself where it is no object. */
  readonly json: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The right that a route asks for: of a fine-grained token or an app, and the scope of a classic one. */
export interface Need {
  readonly permission: string;
  readonly level: Level;
  readonly scope: string;
}

/** One operation of the API; `path` is written as in GitHub's OpenAPI description. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly need: Need | undefined;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
  /** Whether it counts as creating content for the secondary limits. */
  readonly createsContent: boolean;
}

export function route(
  method: string,
  path: string,
  need: Need | undefined,
  handle: (call: Call) => Reply | Promise<Reply>,
): Route {
  return { method, path, need, handle, createsContent: method === 'POST' || method === 'PUT' };
}

export const reads = (permission: string, scope = 'repo'): Need => ({ permission, level: 'read', scope });
export const writes = (permission: string, scope = 'repo'): Need => ({ permission, level: 'write', scope });

/** A route and what its placeholders stand for, or undefined. `{ref}`, `{path}` and `{basehead}` may hold slashes. */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly params: Record<string, string> } | undefined {
  for (const candidate of routes) {
    if (candidate.method !== method) continue;
    const match = patternOf(candidate.path).exec(path);
    if (match === null) continue;
    const groups = Object.entries(match.groups ?? {});
    const params = Object.fromEntries(groups.map(([name, value]) => [name, decodeURIComponent(value)]));
    return { route: candidate, params };
  }
  return undefined;
}

const patterns = new Map<string, RegExp>();
const DEEP = new Set(['ref', 'path', 'basehead']);

function patternOf(path: string): RegExp {
  let pattern = patterns.get(path);
  if (pattern === undefined) {
    const source = path
      .replaceAll(/[.]/g, '\\.')
      .replaceAll(/\{(\w+)\}/g, (_all, name: string) => `(?<${name}>${DEEP.has(name) ? '.+' : '[^/]+'})`);
    pattern = new RegExp(`^${source}$`);
    patterns.set(path, pattern);
  }
  return pattern;
}

/** The organisation of the request. */
export function organisationOf({ state, params }: Call): Organisation {
  const found = state.organisations.get((params.org ?? '').toLowerCase());
  if (found === undefined) throw notFound();
  return found;
}

/** The repository of the request; its access was looked at before. */
export function repositoryOf({ state, params }: Call): Repository {
  const found = state.repositories.get(`${params.owner}/${params.repo}`.toLowerCase());
  if (found === undefined) throw notFound();
  return found;
}

/** What the owner of a repository pays for; a server of one's own has everything. */
export function organisationPlan({ state }: Call, { owner }: Repository): Plan {
  if (state.features.enterpriseVersion !== undefined) return 'enterprise';
  return state.organisations.get(owner.toLowerCase())?.plan ?? 'free';
}

/** The page of a list that was asked for, and the `link` header that leads on. */
export function paged(call: Call, path: string, items: readonly unknown[]) {
  const size = Math.min(Number(call.query.get('per_page') ?? 30), 100);
  const page = Number(call.query.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const links = [
    ...(page < last
      ? ([
          ['next', page + 1],
          ['last', last],
        ] as const)
      : []),
    ...(page > 1
      ? ([
          ['prev', page - 1],
          ['first', 1],
        ] as const)
      : []),
  ].map(([rel, target]) => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(target));
    return `<${call.state.apiUrl}${path}?${query}>; rel="${rel}"`;
  });
  const headers: Record<string, string> = links.length > 0 ? { link: links.join(', ') } : {};
  return { items: items.slice((page - 1) * size, page * size), total: items.length, headers };
}
