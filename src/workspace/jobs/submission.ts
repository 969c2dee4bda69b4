import type { Json } from '../../core/json.ts';
import { type Grant, parseGrants } from '../identity/permissions.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { type Fields, fieldsOf } from '../wire/fields.ts';
import { checkReferences } from './references.ts';
import { parseTasks, type TaskRequest } from './task-request.ts';

/** The body of `runs/submit`, checked. https://docs.databricks.com/api/workspace/jobs/submit */
export interface Submission {
  readonly runName: string;
  /** 0 = none. */
  readonly timeoutSeconds: number;
  readonly idempotencyToken?: string;
  readonly grants: readonly Grant[];
  /** Whose rights it has; absent: those of who submits it. */
  readonly runAs?: string;
  readonly tasks: readonly TaskRequest[];
}

const TOKEN_LENGTH = 64;

/** Reads and checks a submit. @throws ApiError at the first thing that this workspace does not take. */
export function parseSubmission(body: Json): Submission {
  const fields = fieldsOf(body);
  const token = parseToken(fields);
  const runAs = parseRunAs(fields);
  refuseUnsupported(fields);
  const tasks = parseTasks(fields);
  checkReferences(tasks, undefined);
  return {
    runName: fields.text('run_name') ?? 'Untitled',
    timeoutSeconds: fields.count('timeout_seconds', 0),
    ...(token ? { idempotencyToken: token } : {}),
    ...(runAs === undefined ? {} : { runAs }),
    grants: parseGrants(fields.list('access_control_list'), 'jobs'),
    tasks,
  };
}

/** Reads `idempotency_token`; an empty one is none. */
export function parseToken(fields: Fields): string | undefined {
  const token = fields.text('idempotency_token');
  if (token !== undefined && token.length > TOKEN_LENGTH)
    throw invalidParameter(`The idempotency token must have at most ${TOKEN_LENGTH} characters.`);
  return token || undefined;
}

/** Reads `run_as`: a user, or the application id of a service principal. */
export function parseRunAs(fields: Fields): string | undefined {
  const given = fields.object('run_as');
  if (given === undefined) return undefined;
  const runAs = fieldsOf(given, 'run_as.');
  if (runAs.text('group_name'))
    throw invalidParameter('run_as.group_name is not supported here: name a user.');
  const names = [runAs.text('user_name'), runAs.text('service_principal_name')].flatMap((name) => name || []);
  if (names.length !== 1)
    throw invalidParameter('run_as must name exactly one of user_name, service_principal_name.');
  return names[0];
}

const GIT_PROVIDERS = [
  'github',
  'gitlab',
  'bitbucketcloud',
  'gitlabenterpriseedition',
  'bitbucketserver',
  'azuredevopsservices',
  'githubenterprise',
  'awscodecommit',
];

/** @throws ApiError for what would change a run and is not done here: repositories, variables of serverless tasks. */
export function refuseUnsupported(fields: Fields): void {
  if (fields.list('environment_variables').length > 0)
    throw invalidParameter(
      'environment_variables are not supported here. Set spark_env_vars of the cluster, or pass parameters.',
    );
  const git = fields.object('git_source');
  if (git === undefined) return;
  const provider = fieldsOf(git, 'git_source.').text('git_provider') ?? '';
  if (!GIT_PROVIDERS.includes(provider.toLowerCase().replaceAll('_', '')))
    throw invalidParameter(`git_source.git_provider must be one of: ${GIT_PROVIDERS.join(',')}`);
  throw invalidParameter('git_source is not supported here: this workspace checks out no repositories.');
}
