import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { temporaryFolder } from '../../setup.ts';
import { answer, namedPath, operationOf } from './answer.ts';
import { type Fault, holdFaults, type SeenRequest } from './faults.ts';
import { countRequests, GITHUB_LIMITS, type RateLimits } from './limits.ts';
import { type Offer, recordRequest } from './recorded-requests.ts';
import { Refusal, type Reply } from './reply.ts';
import { answerGit, isGitRequest } from './smart-http.ts';
import type { App, Features, Organisation, Plan, State, Token } from './state.ts';

export interface GitHubOptions {
  readonly organisations?: readonly OrganisationOptions[];
  /** Default: {@link TOKEN} with every scope. */
  readonly tokens?: Readonly<Record<string, Token>>;
  readonly features?: Partial<Features>;
  readonly app?: App;
  readonly lateContent?: number;
  /** Default: limits that no test reaches. */
  readonly limits?: Partial<RateLimits>;
  readonly now?: () => Date;
}

interface OrganisationOptions {
  readonly login: string;
  readonly plan?: Plan;
  readonly defaultBranch?: string;
  readonly membersMayCreate?: boolean;
  /** Slugs. */
  readonly teams?: readonly string[];
}

/** A GitHub on this machine, with one organisation `acme` and its team `weather` unless told otherwise. */
export interface GitHubDouble {
  /** What `HERMES_GITHUB_API_URL` takes. */
  readonly apiUrl: string;
  /** What stands for `https://github.com`. */
  readonly gitUrl: string;
  readonly state: State;
  /** Requests of the API in the order in which they came. */
  readonly requests: readonly SeenRequest[];
  /** Most requests that were under way at once. */
  readonly mostAtOnce: () => number;
  readonly fail: (fault: Fault) => void;
  /** Forgets the faults that are still to come. */
  readonly mend: () => void;
  /** Gets each request twice: when it arrived, and when it has had its effect. */
  observe: (request: SeenRequest, phase: 'before' | 'after') => void;
  /** @throws when a test sent what the double does not know */
  readonly stop: () => Promise<void>;
}

/** A token of the shape that GitHub gives, with all that Hermes needs. */
export const TOKEN = `ghp_${'Ab1'.repeat(12)}`;
const EVERYTHING: Token = {
  kind: 'classic',
  login: 'ana',
  scopes: ['repo', 'workflow', 'admin:org', 'delete_repo'],
};
const NO_LIMIT = Number.POSITIVE_INFINITY;
const PATIENT: RateLimits = {
  requestsPerHour: 1_000_000,
  pointsPerMinute: NO_LIMIT,
  contentPerMinute: NO_LIMIT,
  contentPerHour: NO_LIMIT,
  atOnce: NO_LIMIT,
};
/** The limits of GitHub.com, for `limits`. */
export const TRUE_LIMITS: RateLimits = GITHUB_LIMITS;

export async function startGitHub(options: GitHubOptions = {}): Promise<GitHubDouble> {
  const server = createServer();
  // A test that fails before it stops the server must not keep its process alive.
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const gitUrl = `http://127.0.0.1:${port}`;
  const state = makeState(options, gitUrl);
  const faults = holdFaults();
  const requests: SeenRequest[] = [];
  const desk = {
    state,
    faults,
    requests,
    limits: countRequests({ ...PATIENT, ...options.limits }, state.now),
  };
  let underWay = 0;
  let most = 0;
  const double: GitHubDouble = {
    apiUrl: state.apiUrl,
    gitUrl,
    state,
    requests,
    mostAtOnce: () => most,
    fail: faults.add,
    mend: faults.mend,
    observe: () => {},
    stop: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      const unknown = requests.filter(({ operation }) => operation === undefined);
      if (unknown.length === 0) return;
      const lines = unknown.map(({ method, path }) => `  ${method} ${path}`).join('\n');
      throw new Error(`The GitHub of the tests does not know these requests:\n${lines}`);
    },
  };
  server.on('request', async (request, response) => {
    underWay += 1;
    most = Math.max(most, underWay);
    response.on('close', () => {
      underWay -= 1;
    });
    try {
      if (isGitRequest(new URL(request.url ?? '/', gitUrl).pathname))
        await answerGit(state, request, response);
      else await serve(desk, double, underWay, request, response);
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    }
  });
  return double;
}

interface Desk {
  readonly state: State;
  readonly faults: ReturnType<typeof holdFaults>;
  readonly limits: ReturnType<typeof countRequests>;
  readonly requests: SeenRequest[];
}

async function serve(
  { state, faults, limits, requests }: Desk,
  double: GitHubDouble,
  inFlight: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await textOf(request);
  const path = namedPath(state, (request.url ?? '/').replace(/^\/api\/v3/, ''));
  const arrival = { method: request.method ?? 'GET', path, headers: request.headers, body };
  const found = operationOf(arrival);
  const seen: SeenRequest = {
    index: requests.length + 1,
    method: arrival.method,
    path,
    operation: found?.route.path,
    body,
    createsContent: found?.route.createsContent ?? false,
    status: undefined,
  };
  requests.push(seen);
  double.observe(seen, 'before');
  const fault = faults.take(seen);
  if (fault?.phase === 'before' && typeof fault.outcome === 'string') return void response.destroy();
  const reply =
    fault?.phase === 'before' && typeof fault.outcome !== 'string'
      ? fault.outcome
      : await admitted(limits, inFlight, seen, () => answer(state, arrival, found));
  limits.spend(reply);
  recordRequest(seen, reply, offerOf(state));
  double.observe(seen, 'after');
  if (fault?.phase === 'after' && fault.outcome === 'lost') return void response.destroy();
  const shown = fault?.phase === 'after' && typeof fault.outcome !== 'string' ? fault.outcome : reply;
  seen.status = shown.status;
  send(
    response,
    shown,
    { ...limits.headers(), ...versionOf(state), date: state.now().toUTCString() },
    seen,
    fault,
  );
}

async function admitted(
  limits: Desk['limits'],
  inFlight: number,
  { method, createsContent }: SeenRequest,
  work: () => Promise<Reply>,
): Promise<Reply> {
  try {
    limits.admit({ isRead: method === 'GET', isContent: createsContent, inFlight });
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
  return work();
}

function send(
  response: ServerResponse,
  { status, body, headers }: Reply,
  common: Readonly<Record<string, string>>,
  { index }: SeenRequest,
  fault: Fault | undefined,
): void {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  const bytes =
    body === undefined ? undefined : isRaw ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  const type = {
    'content-type': isRaw ? 'application/vnd.github.raw; charset=utf-8' : 'application/json; charset=utf-8',
  };
  response.writeHead(status, {
    ...common,
    'x-github-request-id': `HERM:${index.toString(16).toUpperCase().padStart(4, '0')}`,
    'x-github-media-type': 'github.v3; format=json',
    ...(bytes === undefined ? {} : { ...type, 'content-length': bytes.length }),
    ...headers,
  });
  if (fault?.phase === 'after' && fault.outcome === 'cut' && bytes !== undefined) {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
  } else response.end(bytes);
}

function offerOf({ features, organisations }: State): Offer {
  if (features.enterpriseVersion !== undefined) return 'server';
  return [...organisations.values()].some(({ plan }) => plan === 'enterprise') ? 'cloud' : 'everybody';
}

function versionOf({ features }: State): Record<string, string> {
  const { enterpriseVersion } = features;
  return enterpriseVersion === undefined ? {} : { 'x-github-enterprise-version': enterpriseVersion };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function makeState(options: GitHubOptions, gitUrl: string): State {
  let id = 1000;
  const nextId = () => ++id;
  const features = { rulesets: true, enterpriseVersion: undefined, ...options.features };
  const root = temporaryFolder('hermes-github-');
  mkdirSync(root, { recursive: true });
  const given = options.organisations ?? [{ login: 'acme', teams: ['weather'] }];
  const organisations = given.map((one): [string, Organisation] => [
    one.login.toLowerCase(),
    {
      id: nextId(),
      login: one.login,
      plan: one.plan ?? 'team',
      defaultBranch: one.defaultBranch ?? 'main',
      membersMayCreate: one.membersMayCreate ?? true,
      teams: new Map((one.teams ?? ['weather']).map((slug) => [slug, { id: nextId(), slug, name: slug }])),
    },
  ]);
  return {
    organisations: new Map(organisations),
    repositories: new Map(),
    renamed: new Map(),
    tokens: new Map(Object.entries(options.tokens ?? { [TOKEN]: EVERYTHING })),
    root,
    // An own server has its API below a path.
    apiUrl: features.enterpriseVersion === undefined ? gitUrl : `${gitUrl}/api/v3`,
    gitUrl,
    features,
    lateContent: options.lateContent ?? 0,
    app: options.app,
    now: options.now ?? (() => new Date()),
    nextId,
  };
}
