import { strict as assert } from 'node:assert';
import { ConfigError, RemoteError, WorkFailedError } from '../../../src/core/errors.ts';
import { cancelRun } from '../../../src/engines/local/again/cancel-run.ts';
import { resumeRun } from '../../../src/engines/local/again/resume-run.ts';
import type { RunEvent } from '../../../src/engines/local/record/run-event.ts';
import type { RunRecord } from '../../../src/engines/local/record/run-record.ts';
import { run, states, surroundings, type TestBench, type TestTask, testBench } from './engine-under-test.ts';
import { mortalSurroundings, survives } from './mortal.ts';

describe('ending a run', () => {
  const begin = (bench: TestBench, script = 'hang') => {
    const going = run(bench, [['clean', script, { retries: 1, retryDelaySeconds: 0 }]]);
    return { going, interrupt: () => bench.interrupt.abort(new Error('interrupted')) };
  };

  it('says so when it is not confirmed, and a resume ends it before it starts another one', async () => {
    const bench = testBench();
    const { going, interrupt } = begin(bench);
    bench.databricks.onCall = (name) => {
      if (name === 'getRun') interrupt();
      if (name === 'cancelRun')
        throw new RemoteError('Cannot cancel run: busy', { code: 'HERMES_DATABRICKS_REFUSED' });
    };
    const record = await going;
    const [attempt] = record.tasks[0]?.attempts ?? [];
    assert.equal(attempt?.error?.message, 'interrupted; its end is not confirmed, see hermes runs show 1001');
    assert.equal(attempt?.unconfirmed, true);

    // Still not: no second run beside the first.
    const stuck = testBench({ store: bench.store, databricks: bench.databricks });
    const still = await resumeRun(record, surroundings, stuck);
    assert.equal(
      still.tasks[0]?.attempts[0]?.error?.message,
      'run 1001 was asked to end and has not yet; another one beside it would do the work twice',
    );
    assert.equal(bench.databricks.started.length, 1);

    bench.databricks.onCall = () => undefined;
    const free = testBench({ store: bench.store, databricks: bench.databricks });
    const resumed = resumeRun(still, surroundings, free);
    bench.databricks.onCall = (name) => name === 'submitRun' && free.interrupt.abort(new Error('enough'));
    const [first, second] = (await resumed).tasks[0]?.attempts ?? [];
    assert.deepEqual([first?.remoteState, first?.unconfirmed], ['CANCELED', undefined]);
    assert.deepEqual([second?.runId, second?.remoteState], ['1003', 'CANCELED']);
  });

  it('does not wait for ever for a submit without an answer; a resume finds its run by the token and ends it', async () => {
    const bench = testBench();
    const { submitRun } = bench.databricks.jobs;
    bench.databricks.jobs.submitRun = async (body, signal) => {
      await submitRun(body);
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    };
    const { going, interrupt } = begin(bench);
    await bench.clock.sleep(1000);
    interrupt();
    const record = await going;
    const [attempt] = record.tasks[0]?.attempts ?? [];
    assert.equal(
      attempt?.error?.message,
      'interrupted; the workspace has not answered whether it took the run',
    );
    bench.databricks.jobs.submitRun = submitRun;
    const next = testBench({ store: bench.store, databricks: bench.databricks });
    const resumed = resumeRun(record, surroundings, next);
    bench.databricks.onCall = (name) =>
      name === 'getRun' && bench.databricks.started.length === 2 && next.interrupt.abort(new Error('enough'));
    const attempts = (await resumed).tasks[0]?.attempts ?? [];
    assert.deepEqual([attempts[0]?.runId, attempts[0]?.remoteState], ['1001', 'CANCELED']);
    assert.equal(bench.databricks.started.length, attempts.length);
  });

  it('takes what was done before Ctrl-C reached it for done', async () => {
    const bench = testBench();
    const { going, interrupt } = begin(bench, 'good');
    const { cancelRun: cancel, getRun } = bench.databricks.jobs;
    bench.databricks.jobs.cancelRun = async (id) => {
      for (let poll = 0; poll < 3; poll++) await getRun(id);
      await cancel(id);
    };
    bench.databricks.onCall = (name) => name === 'getRun' && interrupt();
    const record = await going;
    assert.deepEqual(states(record), { clean: 'success' });
  });

  it('of a command that is gone finds by its token what nobody has learnt the id of', async () => {
    const { death, store, databricks } = mortalSurroundings();
    // The submit reaches the workspace, its answer does not reach us.
    for (let at = 1; databricks.started.length === 0; at++) {
      death.dieAt(at);
      await survives(run(testBench({ store, databricks }), [['clean', 'hang']], {}, { runId: `try-${at}` }));
      death.dieAt(undefined);
    }
    const [found] = await store.list();
    assert.equal(found?.tasks[0]?.attempts[0]?.runId, undefined);
    const orphaned = { ...(found as RunRecord), driver: { pid: 2 ** 22 + 1, startedAt: '0' } };
    await store.write(orphaned);
    const { record, unconfirmed } = await cancelRun(
      orphaned,
      testBench({ store, databricks }),
      () => undefined,
    );
    assert.deepEqual(unconfirmed, []);
    assert.deepEqual(
      record.tasks[0]?.attempts.map(({ runId, remoteState }) => [runId, remoteState]),
      [['1001', 'CANCELED']],
    );
    assert.equal(databricks.started.length, 1);
  });

  it('whose run was deleted on the workspace is told, with what to do', async () => {
    const bench = testBench();
    bench.databricks.onCall = (name) => {
      const message = "The run with idempotency token 'x' was deleted; choose another token.";
      if (name === 'submitRun')
        throw new RemoteError(`Cannot submit the run: ${message}`, { code: 'HERMES_DATABRICKS_REFUSED' });
    };
    const record = await run(bench, [['clean', 'good', { retries: 2 }]]);
    const [attempt, ...more] = record.tasks[0]?.attempts ?? [];
    assert.deepEqual(attempt?.error, {
      message: "Cannot submit the run: The run with idempotency token 'x' was deleted; choose another token.",
      actor: 'user',
      kind: 'request',
      advice:
        'Someone deleted the run of this attempt on the workspace. Make another attempt: hermes dag run --resume.',
    });
    assert.equal(more.length, 0);
    bench.databricks.onCall = () => undefined;
    const resumed = await resumeRun(record, surroundings, testBench(bench));
    assert.deepEqual(states(resumed), { clean: 'success' });
  });

  for (const [how, reason, end] of [
    ['by Ctrl-C', new Error('interrupted'), 'interrupted'],
    ['from outside', new WorkFailedError('Interrupted.', { code: 'HERMES_TERMINATED' }), 'canceled'],
  ] as const) {
    it(`${how} while a task waits for its next attempt is final, and a resume tries at once`, async () => {
      const bench = testBench();
      const emit = (event: RunEvent): void => {
        if (event.type === 'task' && event.task.state === 'up_for_retry') bench.interrupt.abort(reason);
      };
      const tasks: readonly TestTask[] = [['clean', 'raises', { retries: 1, retryDelaySeconds: 300 }]];
      const record = await run({ ...bench, emit }, tasks);
      const [task] = record.tasks;
      assert.deepEqual(
        [record.state, record.ended, task?.state, task?.retryEnded, task?.retryAt],
        ['failed', end, 'failed', end, undefined],
      );
      assert.equal(task?.attempts[0]?.error?.message, "KeyError: 'tempMax'");
      const resumed = await resumeRun(record, surroundings, testBench(bench));
      assert.deepEqual(
        [resumed.ended, resumed.tasks[0]?.retryEnded, resumed.tasks[0]?.attempts.length],
        [undefined, undefined, 2],
      );
    });
  }

  it('that nobody drives ends what waits for its next attempt', async () => {
    const bench = testBench();
    const record = await run(bench, [['clean', 'raises']]);
    const tasks = record.tasks.map(
      (task) => ({ ...task, state: 'up_for_retry', retryAt: '2027-01-01' }) as const,
    );
    const orphaned: RunRecord = {
      ...record,
      tasks,
      state: 'running',
      driver: { pid: 2 ** 22 + 1, startedAt: '0' },
    };
    await bench.store.write(orphaned);
    const outcome = await cancelRun(orphaned, bench, () => undefined);
    const [task] = outcome.record.tasks;
    assert.deepEqual(
      [outcome.record.ended, task?.state, task?.retryEnded, task?.retryAt],
      ['canceled', 'failed', 'canceled', undefined],
    );
  });

  it('is refused while another process has just taken it', async () => {
    const bench = testBench();
    const record = await run(bench, [['clean', 'good']]);
    const taken: RunRecord = { ...record, state: 'running' };
    await bench.store.write(taken);
    const orphaned = { ...taken, driver: { pid: 2 ** 22 + 1, startedAt: '0' } };
    await assert.rejects(
      cancelRun(orphaned, bench, () => undefined),
      (error: ConfigError) => {
        assert.equal(
          error.message,
          `Cannot cancel run manual__1 of seattle [process=${process.pid}]: another process has taken it`,
        );
        return error instanceof ConfigError;
      },
    );
  });
});
