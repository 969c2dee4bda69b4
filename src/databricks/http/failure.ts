import {
  ConfigError,
  ConnectionError,
  type ErrorFacts,
  type HermesError,
  RemoteError,
} from '../../core/errors.ts';
import { type JsonObject, parseJson } from '../../core/json.ts';
import { printable, printableLine } from '../../core/printable.ts';
import { redact } from '../../core/redaction.ts';
import { list, object, text } from '../runs/parse-run.ts';
import type { HttpAnswer } from './http.ts';

/** What an answer of the workspace says went wrong. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** What Databricks' support asks for. */
  readonly requestId?: string;
}

/** The call that failed. */
export interface FailedCall {
  /** What fails when it fails: `submit the run`. */
  readonly action: string;
  /** `POST /api/2.2/jobs/runs/submit`. */
  readonly endpoint: string;
  readonly host: string;
  /** Where the host was given: `DATABRICKS_HOST`, `host of profile prod`; absent for the workspace of this machine. */
  readonly hostSource?: string;
  /** What to do when the workspace does not accept the credentials. */
  readonly cure: string;
}

// Jobs and clusters say "not found" as 400; the official clients map it back by these texts
// (https://github.com/databricks/databricks-sdk-py/blob/main/databricks/sdk/errors/overrides.py).
const NOT_FOUND =
  /^(Cluster|Job|Run|Policy) \S+ does not exist|^Run: .* doesn't exist|^Can't find a cluster policy/;
const POLICY = /^(Cluster validation error|Validation failed for)|malformed policy definition/;
const ME = '/scim/v2/Me';
const MESSAGE_LIMIT = 2_000;

/**
 * Reads an error body: the usual JSON, older and SCIM shapes, OAuth's, `CODE: text`, HTML, or nothing.
 * @param conceal Masks the secrets of the connection, which a server may repeat.
 */
export function parseFailure(
  { status, body, headers }: HttpAnswer,
  conceal: (text: string) => string,
): Failure {
  const json = jsonObject(body);
  const said = json === undefined ? plainFailure(body) : jsonFailure(json);
  const requestId = json === undefined ? undefined : requestIdOf(json);
  const clean = (each: string) => redact(conceal(each));
  const id = printableLine(clean(requestId ?? requestIdHeader(headers))).slice(0, 100);
  return {
    status,
    code: printableLine(clean(said.code)).slice(0, 100),
    message: printable(clean(said.message)).trim().slice(0, MESSAGE_LIMIT),
    ...(id === '' ? {} : { requestId: id }),
  };
}

/** The error to raise for a failed call. */
export function failureError(failure: Failure, call: FailedCall): HermesError {
  const facts = factsOf(call, failure);
  const { status, message } = failure;
  const reason = `Cannot ${call.action}: ${message || wordsFor(status)}`;
  if (status === 401)
    return new ConnectionError(reason, {
      code: 'HERMES_DATABRICKS_UNAUTHENTICATED',
      facts,
      nextStep: call.cure,
    });
  if (status === 403)
    return new ConnectionError(reason, {
      code: 'HERMES_DATABRICKS_FORBIDDEN',
      facts,
      nextStep: rightFor(call.endpoint),
    });
  if (isNoApi(failure)) return noApiError(call, facts, message);
  if (isPolicyViolation(failure))
    return new ConfigError(reason, {
      code: 'HERMES_POLICY_REFUSED',
      facts,
      nextStep: "The team's cluster policy does not allow this cluster; ask its owner, the platform team.",
    });
  if (isNotFound(failure))
    return new ConfigError(reason, {
      code: 'HERMES_DATABRICKS_NOT_FOUND',
      facts,
      nextStep: whereToLook(call.endpoint),
    });
  return new RemoteError(reason, {
    code: 'HERMES_DATABRICKS_REFUSED',
    facts,
    nextStep: stepAfter(failure, call.endpoint),
  });
}

/** The error for something that answers, but not as the API of a workspace does: a sign-in page, a proxy. */
export function noApiError(call: FailedCall, facts: ErrorFacts, said = ''): ConnectionError {
  const reason = said === '' ? 'what answers is not the API of a workspace' : said;
  return new ConnectionError(`Cannot ${call.action}: ${reason}`, {
    code: 'HERMES_DATABRICKS_NO_API',
    facts,
    nextStep: `Check that ${call.hostSource ?? 'the host'} is that of a workspace, and that no proxy or sign-in page answers in its place.`,
  });
}

/** What names a call and its answer in an error. */
export function factsOf(
  { endpoint, host }: FailedCall,
  { status, code, requestId }: Partial<Failure>,
): ErrorFacts {
  return {
    endpoint,
    host,
    ...(status === undefined ? {} : { status }),
    ...(code === undefined || code === '' ? {} : { code }),
    ...(requestId === undefined ? {} : { request: requestId }),
  };
}

function jsonFailure(json: JsonObject): { code: string; message: string } {
  const isOAuth = json.error_description !== undefined;
  const code = json.error_code ?? json.errorCode ?? json.scimType ?? (isOAuth ? json.error : undefined);
  const message = text(json.message) || text(json.detail) || text(json.error_description) || text(json.error);
  return { code: typeof code === 'string' || typeof code === 'number' ? String(code) : '', message };
}

function plainFailure(body: string): { code: string; message: string } {
  const plain = /^([A-Z][A-Z_]+): (.*)$/s.exec(body.trim());
  if (plain !== null) return { code: plain[1] ?? '', message: plain[2] ?? '' };
  return { code: '', message: /<pre>(.*?)<\/pre>/s.exec(body)?.[1] ?? '' };
}

/** `google.rpc.RequestInfo` among the details. */
function requestIdOf(json: JsonObject): string | undefined {
  const details = Array.isArray(json.details) ? list(json.details) : [];
  const info = details.find((each) => text(object(each)['@type']).endsWith('google.rpc.RequestInfo'));
  return text(info?.request_id) || text(info?.requestId) || undefined;
}

function requestIdHeader(headers: HttpAnswer['headers']): string {
  const own = Object.keys(headers).find((name) => /^x-databricks-.*request-id$/.test(name));
  return headers['x-request-id'] ?? headers[own ?? ''] ?? '';
}

function wordsFor(status: number): string {
  if (status === 429) return 'there are too many calls';
  return 'the workspace gave no reason';
}

/** Whether an answer says that too much was asked for, which later it may not be. */
export function isLimit(code: string, message: string): boolean {
  return /QUOTA|LIMIT|EXHAUSTED/.test(code) || /exceeding rate limit|^The quota for /.test(message);
}

function isNoApi({ status, code }: Failure): boolean {
  const isRedirect = status >= 300 && status < 400;
  return isRedirect || status === 405 || (status === 404 && ['', 'ENDPOINT_NOT_FOUND'].includes(code));
}

function isNotFound({ status, code, message }: Failure): boolean {
  if (status === 404 || code === 'RESOURCE_DOES_NOT_EXIST') return true;
  return status === 400 && NOT_FOUND.test(message);
}

function isPolicyViolation({ status, message }: Failure): boolean {
  return status === 400 && POLICY.test(message);
}

/** What to do about a failure that is neither credentials nor a right, nor something that is not there. */
function stepAfter({ status, code, message, requestId }: Failure, endpoint: string): string {
  if (status === 429 || status === 503)
    return 'The workspace takes no more calls for the moment; try again later.';
  if (isLimit(code, message))
    return 'A limit of the workspace was reached: try again later, or ask the platform team to raise it.';
  if (status >= 500) {
    const whatFor = requestId === undefined ? '' : `, by request ${requestId}`;
    return `Try again later. If it lasts, the platform team can ask the support of Databricks${whatFor}.`;
  }
  if (endpoint.includes('/runs/submit'))
    return 'The workspace does not take the request as it is; what is sent for a task shows: hermes dag plan FILE --json';
  if (endpoint.endsWith(ME))
    return 'Check that the host is that of a workspace, not of the account, and that the credentials are whole.';
  return 'Trying again will not help. Ask the platform team, with the text above.';
}

function rightFor(endpoint: string): string {
  if (endpoint.includes('/policies/'))
    return 'It takes CAN_USE on the cluster policy, or its id is wrong; ask the platform team.';
  if (endpoint.endsWith(ME))
    return 'The workspace knows the credentials, but not as one of its users; ask the platform team to add them.';
  if (endpoint.includes('/runs/submit'))
    return 'It takes CAN_USE on the cluster policy and the use of its instance profile; ask the platform team.';
  return 'Ask the team that owns it, or the platform team, for access.';
}

function whereToLook(endpoint: string): string {
  if (endpoint.includes('/runs/submit'))
    return 'Something that the request names is not in this workspace. What is missing there shows: hermes doctor';
  if (endpoint.includes('/jobs/')) return 'See what there is with: hermes runs list';
  return 'Is this the right workspace? See what it is and what is missing there with: hermes doctor';
}

function jsonObject(body: string): JsonObject | undefined {
  if (!body.trimStart().startsWith('{')) return undefined;
  try {
    return object(parseJson(body));
  } catch {
    return undefined;
  }
}
