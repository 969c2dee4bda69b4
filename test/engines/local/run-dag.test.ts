import { strict as assert } from 'node:assert';
import { ConfigError, RemoteError } from '../../../src/core/errors.ts';
import { resumeRun } from '../../../src/engines/local/again/resume-run.ts';
import { runDag } from '../../../src/engines/local/run-dag.ts';
import {
  resolve,
  run,
  runRequest,
  states,
  surroundings,
  type TestBench,
  type TestTask,
  testBench,
  testDag,
} from './engine-under-test.ts';

const files = (bench: TestBench) =>
  bench.databricks.started.map(({ file }) => /(\w+)-1\.0\.0\.py$/.exec(file)?.[1]);

describe('running a DAG on this machine', () => {
  it('runs tasks in the order of their dependencies and succeeds', async () => {
    const bench = testBench();
    const record = await run(bench, [
      ['report', 'report', { dependsOn: ['clean'] }],
      ['clean', 'clean'],
    ]);
    assert.equal(record.state, 'success');
    assert.deepEqual(files(bench), ['clean', 'report']);
    assert.deepEqual(await bench.store.read('seattle', 'manual__1'), JSON.parse(JSON.stringify(record)));
  });

  it('runs no more tasks at a time than it may', async () => {
    const bench = testBench();
    let most = 0;
    bench.databricks.onCall = () => {
      const record = bench.events.findLast((event) => event.type === 'task');
      if (record?.type !== 'task') return;
      most = Math.max(
        most,
        record.record.tasks.filter(({ state }) => ['queued', 'running'].includes(state)).length,
      );
    };
    const tasks = ['a', 'b', 'c', 'd', 'e'].map((id): TestTask => [id, 'good']);
    assert.equal((await run(bench, tasks, {}, { parallel: 2 })).state, 'success');
    assert.equal(most, 2);
  });

  it('does not run what comes after a failure, but cleans up', async () => {
    const bench = testBench();
    const record = await run(bench, [
      ['clean', 'raises'],
      ['report', 'good', { dependsOn: ['clean'] }],
      ['tidy', 'good', { dependsOn: ['report'], triggerRule: 'all_done' }],
    ]);
    assert.deepEqual(states(record), { clean: 'failed', report: 'upstream_failed', tidy: 'success' });
    // Airflow judges a run by its last tasks.
    assert.equal(record.state, 'success');
    const error = record.tasks[0]?.attempts[0]?.error;
    assert.deepEqual(
      [error?.message, error?.actor, error?.kind],
      ["KeyError: 'tempMax'", 'user', 'user_code'],
    );
  });

  it('tries again after the delay, each time with a token of its own', async () => {
    const bench = testBench();
    const options = { retries: 2, retryDelaySeconds: 60, retryExponentialBackoff: true };
    const record = await run(bench, [['clean', 'raises', options]]);
    assert.deepEqual(states(record), { clean: 'failed' });
    const tokens = bench.databricks.started.map(({ body }) => body.idempotency_token);
    assert.equal(new Set(tokens).size, 3);
    const times = record.tasks[0]?.attempts.map(({ queuedAt }) => new Date(queuedAt).getTime()) ?? [];
    const waits = times.slice(1).map((time, index) => Math.floor((time - (times[index] ?? 0)) / 1000));
    assert.deepEqual(waits, [60, 120]);
  });

  it('ends an attempt that takes too long, and its run with it', async () => {
    const bench = testBench();
    const record = await run(bench, [['clean', 'hang', { executionTimeoutSeconds: 600 }]]);
    const attempt = record.tasks[0]?.attempts[0];
    assert.equal(attempt?.error?.message, 'took longer than execution_timeout_seconds = 600');
    assert.equal(attempt?.remoteState, 'CANCELED');
  });

  it('ends everything when the DAG run takes too long', async () => {
    const bench = testBench();
    const tasks: TestTask[] = [
      ['clean', 'hang', { retries: 5 }],
      ['report', 'good', { dependsOn: ['clean'] }],
    ];
    const record = await run(bench, tasks, { dagrunTimeoutSeconds: 3600 });
    assert.equal(record.state, 'failed');
    assert.deepEqual(states(record), { clean: 'failed', report: 'skipped' });
    assert.equal(record.tasks[0]?.attempts[0]?.error?.message, 'the DAG run took too long');
  });

  it('cancels what runs on Ctrl-C and waits for its end; a resume goes on from there', async () => {
    const bench = testBench();
    bench.databricks.onCall = (name) => name === 'getRun' && bench.interrupt.abort(new Error('interrupted'));
    const tasks: TestTask[] = [
      ['clean', 'good'],
      ['report', 'good', { dependsOn: ['clean'] }],
    ];
    const record = await run(bench, tasks);
    assert.equal(record.state, 'failed');
    assert.deepEqual(states(record), { clean: 'failed', report: 'none' });
    const attempt = record.tasks[0]?.attempts[0];
    assert.deepEqual([attempt?.remoteState, attempt?.error?.kind], ['CANCELED', 'interrupted']);

    const next = testBench({ store: bench.store, databricks: bench.databricks });
    bench.databricks.onCall = () => undefined;
    const resumed = await resumeRun(record, surroundings, next);
    assert.equal(resumed.state, 'success');
    assert.deepEqual(
      resumed.tasks[0]?.attempts.map(({ number }) => number),
      [1, 2],
    );
  });

  it('says when the end of a cancelled run is not confirmed', async () => {
    const bench = testBench();
    bench.databricks.onCall = (name) => {
      if (name === 'cancelRun') throw new RemoteError('Cannot cancel run 1001: busy', { code: 'X' });
    };
    const record = await run(bench, [['clean', 'hang', { executionTimeoutSeconds: 5 }]]);
    assert.equal(
      record.tasks[0]?.attempts[0]?.error?.message,
      'took longer than execution_timeout_seconds = 5; its end is not confirmed, see hermes runs show 1001',
    );
    const notes = bench.events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
    assert.deepEqual(notes, [
      'cancelling run 1001 …',
      'run 1001 may still be going: Cannot cancel run 1001: busy',
    ]);
  });

  it('starts nothing when a version is missing, and names every task that misses one', async () => {
    const bench = testBench();
    const missing = async (): Promise<never> => {
      throw new ConfigError('Cannot find project observations', { code: 'X', nextStep: 'Push a branch.' });
    };
    const dag = testDag([
      ['clean', 'clean'],
      ['report', 'report'],
    ]);
    await assert.rejects(runDag(runRequest(dag), missing, surroundings, bench), {
      message: 'Cannot find project observations',
    });
    let number = 0;
    const each = async (): Promise<never> => {
      throw new ConfigError(`Cannot find script ${++number}`, { code: 'X', nextStep: 'Did you mean it?' });
    };
    await assert.rejects(runDag(runRequest(dag), each, surroundings, bench), {
      message:
        'Cannot pin the artifacts of 2 tasks:\n  clean: Cannot find script 1 Did you mean it?\n  report: Cannot find script 2 Did you mean it?',
    });
    assert.deepEqual([bench.databricks.started, await bench.store.list()], [[], []]);
  });

  it('starts nothing when the last task has a template that cannot be rendered', async () => {
    const bench = testBench();
    const tasks: TestTask[] = [
      ['clean', 'clean'],
      ['report', 'report', { dependsOn: ['clean'], parameters: ['{{ params.city }}'] }],
    ];
    await assert.rejects(run(bench, tasks), {
      message:
        'Cannot start task report: Cannot render the template "{{ params.city }}": params.city is undefined: there is no "city".',
    });
    assert.deepEqual(bench.databricks.started, []);
    const record = await run(bench, tasks, { params: { city: 'Seattle' } });
    assert.equal(record.state, 'success');
  });

  it('starts nothing when the policy refuses a cluster', async () => {
    const bench = testBench();
    const policies = new Map([
      [
        'P1',
        {
          policyId: 'P1',
          name: 'hermes-weather-dev',
          definition: JSON.stringify({
            spark_version: { type: 'fixed', value: '15.4.x-scala2.12' },
            node_type_id: { type: 'fixed', value: 'm5.xlarge' },
            'custom_tags.project': { type: 'forbidden' },
          }),
        },
      ],
    ]);
    const dag = testDag([['clean', 'good']]);
    await assert.rejects(runDag(runRequest(dag), resolve, { ...surroundings, policies }, bench), {
      message:
        'Cannot start task clean: custom_tags.project = "observations" is refused: it is forbidden, says policy hermes-weather-dev. Hermes sets it for every task: ask the platform team, which owns the policy, to allow it.',
    });
  });

  it('records what was sent without the values of secrets', async () => {
    const bench = testBench();
    const env = { DB_PASSWORD: 'hunter2', MODE: 'fast' };
    const record = await run(bench, [['clean', 'good', { env }]]);
    const variables = (body: unknown) =>
      (body as { tasks: [{ new_cluster: { spark_env_vars: Record<string, string> } }] }).tasks[0].new_cluster
        .spark_env_vars;
    assert.equal(variables(bench.databricks.started[0]?.body).DB_PASSWORD, 'hunter2');
    const recorded = variables(record.tasks[0]?.attempts[0]?.payload);
    assert.deepEqual([recorded.DB_PASSWORD, recorded.MODE], ['[redacted]', 'fast']);
  });
});
