import type { Json, JsonObject } from '../../../src/core/json.ts';
import { parseRun } from '../../../src/databricks/runs/parse-run.ts';

/** `state` and `status` as the wire has them; a part that is left out is not sent. */
export interface Shape {
  readonly life?: string;
  readonly result?: string;
  readonly message?: string;
  readonly status?: string;
  readonly code?: string;
  readonly type?: string;
}

/** The wire's form of a shape. */
export function wire({ life, result, message = '', status, code, type }: Shape): JsonObject {
  const details = code === undefined ? {} : { termination_details: { code, type: type ?? '', message } };
  return {
    ...(life === undefined
      ? {}
      : {
          state: {
            life_cycle_state: life,
            ...(result === undefined ? {} : { result_state: result }),
            state_message: message,
          },
        }),
    ...(status === undefined ? {} : { status: { state: status, ...details } }),
  };
}

/** A run as `runs/get` tells it, and its tasks. */
export function run(whole: Shape, ...tasks: readonly Shape[]) {
  const body: Record<string, Json> = { run_id: 1, job_id: 2, ...wire(whole) };
  if (tasks.length > 0)
    body.tasks = tasks.map((task, at) => ({ run_id: 10 + at, task_key: `t${at}`, ...wire(task) }));
  return parseRun(body);
}

const LIBRARY =
  'Library installation failed for library due to user error for whl: "s3://b/x-1.0-py3-none-any.whl" Error messages: Library installation attempted on the driver node of cluster 1121-1 and failed. Error Code: DRIVER_LIBRARY_INSTALLATION_FAILURE';
const CAPACITY =
  'Unexpected failure while waiting for the cluster (1121-1) to be ready.Cause Unexpected state for cluster (1121-1): AWS_INSUFFICIENT_INSTANCE_CAPACITY_FAILURE(CLIENT_ERROR): aws_api_error_code:InsufficientInstanceCapacity';
export const WORKLOAD = 'Workload failed, see run output for details';
export const started = { life: 'TERMINATED', result: 'FAILED' };
export const broken = { life: 'INTERNAL_ERROR', result: 'FAILED' };

/** Shapes as they were captured, in both forms of the state and in either alone, and the cause of each. */
export const shapes: readonly (readonly [name: string, cause: string, whole: Shape, ...tasks: Shape[]])[] = [
  [
    'success',
    'success',
    { life: 'TERMINATED', result: 'SUCCESS', status: 'TERMINATED', code: 'SUCCESS', type: 'SUCCESS' },
  ],
  ['success by status alone', 'success', { status: 'TERMINATED', code: 'SUCCESS', type: 'SUCCESS' }],
  ['success with failures', 'user_code/user', { life: 'TERMINATED', result: 'SUCCESS_WITH_FAILURES' }],
  [
    'success with failures by status',
    'user_code/user',
    { status: 'TERMINATED', code: 'SUCCESS_WITH_FAILURES', type: 'SUCCESS' },
  ],
  [
    'a script that raised: the run says INTERNAL_ERROR',
    'user_code/user',
    {
      ...broken,
      message: `Task t0 failed with message: ${WORKLOAD}.`,
      status: 'TERMINATED',
      code: 'RUN_EXECUTION_ERROR',
      type: 'CLIENT_ERROR',
    },
    {
      ...started,
      message: WORKLOAD,
      status: 'TERMINATED',
      code: 'RUN_EXECUTION_ERROR',
      type: 'CLIENT_ERROR',
    },
  ],
  [
    'the same without status',
    'user_code/user',
    { ...broken, message: `Task t0 failed with message: ${WORKLOAD}.` },
    { ...started, message: WORKLOAD },
  ],
  [
    'the same of an older API, without tasks',
    'user_code/user',
    { ...broken, message: `Task t0 failed with message: ${WORKLOAD}.` },
  ],
  [
    'a notebook that says "not authorized" itself',
    'user_code/user',
    broken,
    { ...started, message: 'PermissionError: not authorized, quota' },
  ],
  [
    'cancelled',
    'canceled/user',
    {
      life: 'TERMINATED',
      result: 'CANCELED',
      message: 'Run cancelled.',
      status: 'TERMINATED',
      code: 'USER_CANCELED',
      type: 'SUCCESS',
    },
  ],
  [
    'cancelled without status',
    'canceled/user',
    { life: 'TERMINATED', result: 'CANCELED', message: 'Run cancelled.' },
  ],
  [
    'cancelled by the platform',
    'canceled/platform',
    { status: 'TERMINATED', code: 'CANCELED', type: 'CLIENT_ERROR' },
  ],
  [
    'too slow',
    'timed_out/user',
    { life: 'TERMINATED', result: 'TIMEDOUT', status: 'TERMINATED', code: 'CANCELED', type: 'CLIENT_ERROR' },
  ],
  [
    'its library',
    'library/user',
    broken,
    {
      ...broken,
      message: LIBRARY,
      status: 'TERMINATED',
      code: 'LIBRARY_INSTALLATION_ERROR',
      type: 'CLIENT_ERROR',
    },
  ],
  [
    'its library, without status',
    'library/user',
    { ...broken, message: `Task t0 failed with message: ${LIBRARY}` },
  ],
  [
    'a library that no index has',
    'library/user',
    broken,
    { ...broken, message: 'Error Code: NO_MATCHING_DISTRIBUTION_ERROR. pip error' },
  ],
  [
    'a wheel that is gone',
    'request/platform',
    broken,
    { ...broken, message: 'The library file does not exist: s3://b/x.whl' },
  ],
  ['no machine, by text', 'cloud/platform', { ...broken, message: CAPACITY }],
  [
    'no machine, though the code says cluster',
    'cloud/platform',
    broken,
    { ...broken, message: CAPACITY, status: 'TERMINATED', code: 'CLUSTER_ERROR', type: 'CLIENT_ERROR' },
  ],
  [
    'no machine, by code',
    'cloud/platform',
    { ...broken, status: 'TERMINATED', code: 'CLOUD_FAILURE', type: 'CLOUD_FAILURE' },
  ],
  [
    'a spot machine that was taken',
    'cloud/platform',
    { ...broken, message: 'Cluster 1 was terminated. Reason: SPOT_INSTANCE_TERMINATION (CLOUD_FAILURE)' },
  ],
  [
    'an init script',
    'cluster_start/platform',
    {
      ...broken,
      message: 'Unexpected failure while waiting for the cluster (1) to be ready: INIT_SCRIPT_FAILURE',
      status: 'TERMINATED',
      code: 'CLUSTER_ERROR',
      type: 'CLIENT_ERROR',
    },
  ],
  [
    'an instance profile',
    'permission/platform',
    { ...broken, message: 'Unexpected state for cluster (1): AWS_INSTANCE_PROFILE_UPDATE_FAILURE' },
  ],
  [
    'its driver out of memory',
    'user_code/user',
    {
      ...broken,
      message: 'DRIVER_OUT_OF_MEMORY',
      status: 'TERMINATED',
      code: 'DRIVER_ERROR',
      type: 'INTERNAL_ERROR',
    },
  ],
  [
    'its driver',
    'databricks/platform',
    { ...broken, message: 'lost', status: 'TERMINATED', code: 'DRIVER_ERROR', type: 'CLIENT_ERROR' },
  ],
  [
    'a limit of the workspace',
    'quota/platform',
    { ...broken, status: 'TERMINATED', code: 'WORKSPACE_RUN_LIMIT_EXCEEDED', type: 'CLIENT_ERROR' },
  ],
  ['a limit of the job', 'quota/platform', { life: 'SKIPPED', result: 'MAXIMUM_CONCURRENT_RUNS_REACHED' }],
  [
    'the policy',
    'request/platform',
    { ...broken, status: 'TERMINATED', code: 'INVALID_CLUSTER_REQUEST', type: 'CLIENT_ERROR' },
  ],
  [
    'its configuration',
    'request/user',
    { ...broken, status: 'TERMINATED', code: 'INVALID_RUN_CONFIGURATION', type: 'CLIENT_ERROR' },
  ],
  [
    'storage that it may not read',
    'permission/platform',
    { ...broken, status: 'TERMINATED', code: 'STORAGE_ACCESS_ERROR', type: 'CLIENT_ERROR' },
  ],
  ['skipped', 'skipped/user', { life: 'SKIPPED', message: 'An active run exists' }],
  ['a task before it', 'skipped/user', { life: 'TERMINATED', result: 'UPSTREAM_FAILED' }],
  ['Databricks', 'databricks/platform', { life: 'INTERNAL_ERROR' }],
  [
    'a code that does not exist yet, of the cloud',
    'cloud/platform',
    { ...broken, status: 'TERMINATED', code: 'METEOR', type: 'CLOUD_FAILURE' },
  ],
  [
    'a code that does not exist yet, of the user',
    'user_code/user',
    { status: 'TERMINATED', code: 'METEOR', type: 'CLIENT_ERROR' },
  ],
  [
    'a code that does not exist yet, of Databricks',
    'databricks/platform',
    { ...broken, status: 'TERMINATED', code: 'METEOR', type: 'INTERNAL_ERROR' },
  ],
  ['nothing that is known', 'unknown/platform', { life: 'TERMINATED', result: 'EVAPORATED' }],
  [
    'the task that failed, not the ones after it',
    'library/user',
    broken,
    {
      life: 'TERMINATED',
      result: 'UPSTREAM_FAILED',
      status: 'TERMINATED',
      code: 'RUN_EXECUTION_ERROR',
      type: 'CLIENT_ERROR',
    },
    {
      ...broken,
      message: LIBRARY,
      status: 'TERMINATED',
      code: 'LIBRARY_INSTALLATION_ERROR',
      type: 'CLIENT_ERROR',
    },
  ],
];
