import type { Json } from '../../core/json.ts';
import { type Grant, parseGrants } from '../identity/permissions.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { type Fields, fieldsOf } from '../wire/fields.ts';
import { parseTasks, type TaskRequest } from './task-request.ts';

/** The body of `runs/submit`, checked. https://docs.databricks.com/api/workspace/jobs/submit */
export interface Submission {
  readonly runName: string;
  /** 0 = none. */
  readonly timeoutSeconds: number;
  readonly idempotencyToken?: string;
  readonly grants: readonly Grant[];
  readonly tasks: readonly TaskRequest[];
}

const TOKEN_LENGTH = 64;

/** Reads and checks a submit. @throws ApiError at the first thing that this workspace does not take. */
export function parseSubmission(body: Json): Submission {
  const fields = fieldsOf(body);
  const token = parseToken(fields);
  return {
    runName: fields.text('run_name') ?? 'Untitled',
    timeoutSeconds: fields.count('timeout_seconds', 0),
    ...(token ? { idempotencyToken: token } : {}),
    grants: parseGrants(fields.list('access_control_list'), 'jobs'),
    tasks: parseTasks(fields),
  };
}

/** Reads `idempotency_token`; an empty one is none. */
export function parseToken(fields: Fields): string | undefined {
  const token = fields.text('idempotency_token');
  if (token !== undefined && token.length > TOKEN_LENGTH)
    throw invalidParameter(`The idempotency token must have at most ${TOKEN_LENGTH} characters.`);
  return token || undefined;
}
