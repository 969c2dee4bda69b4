import { strict as assert } from 'node:assert';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { parseRun } from '../../../src/databricks/runs/parse-run.ts';
import type { RunOutput } from '../../../src/databricks/runs/run.ts';
import { failedTask, outcomeOf } from '../../../src/databricks/runs/run-outcome.ts';
import { isTerminal } from '../../../src/databricks/runs/run-state.ts';

/** `state` and `status` as the wire has them; a part that is left out is not sent. */
interface Shape {
  readonly life?: string;
  readonly result?: string;
  readonly message?: string;
  readonly status?: string;
  readonly code?: string;
  readonly type?: string;
}

function wire({ life, result, message = '', status, code, type }: Shape): JsonObject {
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

function run(whole: Shape, ...tasks: readonly Shape[]) {
  const body: Record<string, Json> = { run_id: 1, job_id: 2, ...wire(whole) };
  if (tasks.length > 0)
    body.tasks = tasks.map((task, at) => ({ run_id: 10 + at, task_key: `t${at}`, ...wire(task) }));
  return parseRun(body);
}

function causeOf(whole: Shape, ...tasks: readonly Shape[]): string {
  const outcome = outcomeOf(run(whole, ...tasks));
  return outcome.succeeded ? 'success' : `${outcome.cause}/${outcome.actor}`;
}

const LIBRARY =
  'Library installation failed for library due to user error for whl: "s3://b/x-1.0-py3-none-any.whl" Error messages: Library installation attempted on the driver node of cluster 1121-1 and failed. Error Code: DRIVER_LIBRARY_INSTALLATION_FAILURE';
const CAPACITY =
  'Unexpected failure while waiting for the cluster (1121-1) to be ready.Cause Unexpected state for cluster (1121-1): AWS_INSUFFICIENT_INSTANCE_CAPACITY_FAILURE(CLIENT_ERROR): aws_api_error_code:InsufficientInstanceCapacity';
const WORKLOAD = 'Workload failed, see run output for details';
const started = { life: 'TERMINATED', result: 'FAILED' };
const broken = { life: 'INTERNAL_ERROR', result: 'FAILED' };

// databricks.md §1.5 and §1.6: shapes as they were captured, in both forms of the state and in either alone.
const shapes: readonly (readonly [name: string, cause: string, whole: Shape, ...tasks: Shape[]])[] = [
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

describe('the outcome of a run', () => {
  for (const [name, cause, whole, ...tasks] of shapes) {
    it(`names what was at fault: ${name}`, () => assert.equal(causeOf(whole, ...tasks), cause));
  }

  it('is of a run that has ended: all other states, known or not, are still going', () => {
    const going = [
      'QUEUED',
      'PENDING',
      'RUNNING',
      'TERMINATING',
      'BLOCKED',
      'WAITING_FOR_RETRY',
      'HIBERNATING',
    ];
    for (const life of going) {
      assert.ok(!isTerminal(run({ life }).state), life);
      assert.ok(!isTerminal(run({ status: life }).state), life);
      assert.equal(causeOf({ life }), 'unknown/platform', life);
    }
    assert.ok(!isTerminal(run({}).state), 'neither state nor status');
    assert.ok(isTerminal(run({ life: 'HIBERNATED', status: 'TERMINATED', code: 'SUCCESS' }).state));
  });

  it('says what happened, and in a sentence who has to act', () => {
    const output: RunOutput = {
      error: "KeyError: 'a'",
      errorTrace: 'Traceback',
      logs: '',
      logsTruncated: false,
    };
    assert.deepEqual(outcomeOf(run(broken, { ...started, message: WORKLOAD }), output), {
      succeeded: false,
      cause: 'user_code',
      actor: 'user',
      message: "KeyError: 'a'",
      advice: 'Your script raised it.',
    });
    const killed: RunOutput = { error: 'killed by SIGKILL', logs: '', logsTruncated: false };
    assert.deepEqual(outcomeOf(run(broken, { ...started, message: WORKLOAD }), killed), {
      succeeded: false,
      cause: 'user_code',
      actor: 'user',
      message: 'killed by SIGKILL',
      advice: 'The process of your script ended without success, and without an error in Python.',
    });
    assert.deepEqual(outcomeOf(run({ life: 'INTERNAL_ERROR' })), {
      succeeded: false,
      cause: 'databricks',
      actor: 'platform',
      message: 'the run ended as INTERNAL_ERROR',
      advice:
        'Databricks failed, which is no fault of the script: run it again; the platform team can ask support.',
    });
  });

  it('belongs to the last attempt of a task, in whatever order the attempts are listed', () => {
    const attempt = (number: number, id: number, state: Shape): JsonObject => ({
      run_id: id,
      task_key: 'a',
      attempt_number: number,
      ...wire(state),
    });
    const failed = attempt(0, 4, { ...started, message: WORKLOAD });
    const going = parseRun({
      run_id: 1,
      ...wire({ life: 'RUNNING' }),
      tasks: [attempt(1, 5, { life: 'RUNNING' }), failed],
    });
    assert.ok(!isTerminal(going.state));
    assert.equal(failedTask(going), undefined);
    const done = parseRun({
      run_id: 1,
      ...wire({ life: 'TERMINATED', result: 'SUCCESS' }),
      tasks: [failed, attempt(1, 5, { life: 'TERMINATED', result: 'SUCCESS' })],
    });
    assert.deepEqual([outcomeOf(done), done.tasks.map(({ runId }) => runId)], [{ succeeded: true }, ['5']]);
  });

  it('comes with the cluster and the times, as far as they are known', () => {
    const early = parseRun({
      run_id: 1,
      start_time: 1000,
      end_time: 0,
      setup_duration: 0,
      run_duration: 0,
      tasks: [{ run_id: 2 }],
    });
    assert.deepEqual([early.endedAt, early.durations, early.tasks[0]?.clusterId], [undefined, {}, undefined]);
    const task = {
      run_id: 2,
      setup_duration: 80,
      execution_duration: 30,
      cluster_instance: { cluster_id: '1121-1', spark_context_id: '2683025026034934417' },
    };
    const late = parseRun({
      run_id: 1,
      end_time: 9000,
      setup_duration: 0,
      run_duration: 120,
      queue_duration: 10,
      tasks: [task],
    });
    assert.deepEqual(late.durations, { setupMs: 80, executionMs: 30, wholeMs: 120, queueMs: 10 });
    assert.deepEqual(
      [late.tasks[0]?.clusterId, late.tasks[0]?.sparkContextId],
      ['1121-1', '2683025026034934417'],
    );
    const alone = parseRun({ run_id: 1, cluster_instance: { cluster_id: '1121-2' }, tasks: [{ run_id: 2 }] });
    assert.equal(alone.tasks[0]?.clusterId, '1121-2');
  });
});
