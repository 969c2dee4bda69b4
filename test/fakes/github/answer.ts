import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { accessHeaders, checkAccess, tokenOf } from './access.ts';
import { isFields } from './fields.ts';
import { Refusal, type Reply, refuse } from './reply.ts';
import { type Call, matchRoute, type Route } from './route.ts';
import { routes } from './routes.ts';
import type { Fields, State, Token } from './state.ts';

/** What arrived, as text. */
export interface Arrival {
  readonly method: string;
  /** Below the API's base address, with its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The operation that a request means. */
export function operationOf({ method, path }: Pick<Arrival, 'method' | 'path'>) {
  return matchRoute(routes, method, path.split('?')[0] ?? '');
}

/** The path with the name of a repository where its number stood, as redirections have it. */
export function namedPath(state: State, path: string): string {
  return path.replace(/^\/repositories\/(\d+)/, (all, id: string) => {
    const found = [...state.repositories.values()].find((repository) => repository.id === Number(id));
    return found === undefined ? all : `/repos/${found.owner}/${found.name}`;
  });
}

/** Answers a request of the API and changes the state as GitHub would. */
export async function answer(
  state: State,
  arrival: Arrival,
  found: ReturnType<typeof operationOf>,
): Promise<Reply> {
  let token: Token | undefined;
  try {
    const isApp =
      arrival.path.startsWith('/app/') || arrival.path.split('?')[0]?.endsWith('/installation') === true;
    token = isApp ? undefined : tokenOf(state, arrival.headers.authorization);
    if (found === undefined) throw refuse(404, 'Not Found');
    const call = readCall(state, arrival, found.params, token);
    const moved = movedTo(call, found.route);
    if (moved !== undefined) return moved;
    if (!isApp) checkAccess(call, found.route);
    const reply = await found.route.handle(call);
    return tagged(arrival, {
      ...reply,
      headers: { ...accessHeaders(token, found.route.need), ...reply.headers },
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return explained(error.reply, found?.route, token);
  }
}

function readCall(
  state: State,
  { path, headers, body }: Arrival,
  params: Readonly<Record<string, string>>,
  token: Token | undefined,
): Call {
  let json: unknown;
  try {
    json = body === '' ? undefined : JSON.parse(body);
  } catch {
    throw refuse(400, 'Problems parsing JSON');
  }
  const fields: Fields = isFields(json) ? json : {};
  const query = new URL(path, 'http://api').searchParams;
  return { state, token, params, query, body: fields, json, headers };
}

/** GitHub sends on who asks for a repository by a former name. */
function movedTo({ state, params, query }: Call, route: Route): Reply | undefined {
  const key = `${params.owner}/${params.repo}`.toLowerCase();
  const repository = state.renamed.get(key);
  if (repository === undefined || state.repositories.has(key)) return undefined;
  const rest = route.path
    .replace('/repos/{owner}/{repo}', `/repositories/${repository.id}`)
    .replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(params[name] ?? ''));
  const location = `${state.apiUrl}${rest}${query.size > 0 ? `?${query}` : ''}`;
  // A POST that is sent on stays a POST with 307 and 308 only.
  const status = route.method === 'GET' ? 301 : 307;
  const body = { message: 'Moved Permanently', url: location, documentation_url: DOCUMENTATION };
  return { status, headers: { location }, body };
}

const DOCUMENTATION = 'https://docs.github.com/rest';

/** An answer that the caller has already costs it nothing. */
function tagged({ method, headers }: Arrival, reply: Reply): Reply {
  if (method !== 'GET' || reply.status !== 200) return reply;
  const hash = createHash('sha256').update(JSON.stringify(reply.body)).digest('hex');
  const etag = `W/"${hash}"`;
  const all = { ...reply.headers, etag, 'cache-control': 'private, max-age=60, s-maxage=60' };
  if (headers['if-none-match']?.replace(/^W\//, '') === `"${hash}"`) return { status: 304, headers: all };
  return { ...reply, headers: all };
}

function explained(reply: Reply, route: Route | undefined, token: Token | undefined): Reply {
  const body = isFields(reply.body) ? reply.body : {};
  return {
    status: reply.status,
    headers: { ...accessHeaders(token, route?.need), ...reply.headers },
    body: { documentation_url: DOCUMENTATION, status: String(reply.status), ...body },
  };
}
