import { ConfigError, ConnectionError, type HermesError, RemoteError } from '../core/errors.ts';
import { type JsonObject, parseJson } from '../core/json.ts';
import { redact } from '../core/redaction.ts';
import { object, text } from './parse-run.ts';

/** What an answer of the workspace says went wrong. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

// Jobs and clusters say "not found" as 400; the official clients map it back by these texts
// (https://github.com/databricks/databricks-sdk-py/blob/main/databricks/sdk/errors/overrides.py).
const NOT_FOUND =
  /^(Cluster|Job|Run|Policy) \S+ does not exist|^Run: .* doesn't exist|^Can't find a cluster policy/;
const POLICY = /^(Cluster validation error|Validation failed for)|malformed policy definition/;

/** Reads an error body: the usual JSON, older and SCIM shapes, `CODE: text`, HTML, or nothing. */
export function parseFailure(status: number, body: string): Failure {
  const json = jsonObject(body);
  if (json !== undefined) {
    const code = json.error_code ?? json.errorCode ?? json.scimType ?? '';
    const message =
      text(json.message) || text(json.detail) || text(json.error) || text(json.error_description);
    return { status, code: String(code), message: redact(message) };
  }
  const plain = /^([A-Z][A-Z_]+): (.*)$/s.exec(body.trim());
  if (plain !== null) return { status, code: plain[1] ?? '', message: redact(plain[2] ?? '') };
  const html = /<pre>(.*?)<\/pre>/s.exec(body);
  return { status, code: '', message: redact((html?.[1] ?? '').trim().slice(0, 500)) };
}

/** The error to raise for a failure of `action`, e.g. `submit the run`. */
export function failureError(failure: Failure, action: string, host: string): HermesError {
  const facts = { host, status: failure.status, ...(failure.code === '' ? {} : { code: failure.code }) };
  const reason = `Cannot ${action}: ${failure.message || 'the workspace gave no reason'}`;
  if (failure.status === 401) {
    return new ConnectionError(reason, {
      code: 'HERMES_DATABRICKS_UNAUTHENTICATED',
      facts,
      nextStep: 'The workspace does not accept the token. Make a new one and set DATABRICKS_TOKEN.',
    });
  }
  if (failure.status === 403) {
    return new ConnectionError(reason, {
      code: 'HERMES_DATABRICKS_FORBIDDEN',
      facts,
      nextStep: 'Ask the team that owns it, or the platform team, for access.',
    });
  }
  if (isPolicyViolation(failure)) {
    return new ConfigError(reason, {
      code: 'HERMES_POLICY_REFUSED',
      facts,
      nextStep: "The team's cluster policy does not allow this cluster; ask its owner, the platform team.",
    });
  }
  if (isNotFound(failure)) {
    return new ConfigError(reason, {
      code: 'HERMES_DATABRICKS_NOT_FOUND',
      facts,
      nextStep: 'See what there is with: hermes runs list',
    });
  }
  return new RemoteError(reason, { code: 'HERMES_DATABRICKS_REFUSED', facts });
}

function isNotFound(failure: Failure): boolean {
  return failure.status === 404 || (failure.status === 400 && NOT_FOUND.test(failure.message));
}

function isPolicyViolation(failure: Failure): boolean {
  return failure.status === 400 && POLICY.test(failure.message);
}

function jsonObject(body: string): JsonObject | undefined {
  if (!body.trimStart().startsWith('{')) return undefined;
  try {
    return object(parseJson(body));
  } catch {
    return undefined;
  }
}
