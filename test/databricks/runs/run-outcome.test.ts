import { strict as assert } from 'node:assert';
import type { JsonObject } from '../../../src/core/json.ts';
import { parseRun } from '../../../src/databricks/runs/parse-run.ts';
import type { RunOutput } from '../../../src/databricks/runs/run.ts';
import { failedTask, outcomeOf } from '../../../src/databricks/runs/run-outcome.ts';
import { isTerminal } from '../../../src/databricks/runs/run-state.ts';
import { broken, run, type Shape, shapes, started, WORKLOAD, wire } from './run-shapes.ts';

function causeOf(whole: Shape, ...tasks: readonly Shape[]): string {
  const outcome = outcomeOf(run(whole, ...tasks));
  return outcome.succeeded ? 'success' : `${outcome.cause}/${outcome.actor}`;
}

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
