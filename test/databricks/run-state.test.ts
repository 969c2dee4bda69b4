import { strict as assert } from 'node:assert';
import type { Run, RunState } from '../../src/databricks/run.ts';
import { actorOf, isSuccess, isTerminal, stateWord } from '../../src/databricks/run-state.ts';

const state = (lifeCycle: string, result?: string): RunState => ({
  lifeCycle,
  message: '',
  ...(result === undefined ? {} : { result }),
});
const run = (more: Partial<Run>): Run => ({
  runId: '1',
  jobId: '1',
  name: '',
  creator: '',
  pageUrl: '',
  tasks: [],
  state: state('TERMINATED', 'FAILED'),
  ...more,
});

describe('the state of a run', () => {
  it('is a success by its result only: TERMINATED is also said of failed and cancelled runs', () => {
    assert.ok(isSuccess(state('TERMINATED', 'SUCCESS')));
    for (const result of ['FAILED', 'CANCELED', 'TIMEDOUT', 'SUCCESS_WITH_FAILURES', undefined]) {
      assert.ok(!isSuccess(state('TERMINATED', result)), result);
    }
    assert.ok(!isSuccess(state('SKIPPED')));
    assert.ok(!isSuccess(state('RUNNING', 'SUCCESS')));
  });

  it('counts as still going when it is not known', () => {
    assert.ok(!isTerminal(state('WAITING_FOR_GODOT')));
    assert.ok(['QUEUED', 'BLOCKED', 'WAITING_FOR_RETRY'].every((each) => !isTerminal(state(each))));
  });

  it('is one word: the result once it has ended', () => {
    assert.equal(stateWord(state('TERMINATED', 'FAILED')), 'FAILED');
    assert.equal(stateWord(state('INTERNAL_ERROR')), 'INTERNAL_ERROR');
    assert.equal(stateWord(state('PENDING')), 'PENDING');
  });

  it('blames the user for a script that raised, though the run says INTERNAL_ERROR', () => {
    const details = { code: 'RUN_EXECUTION_ERROR', type: 'CLIENT_ERROR', message: '' };
    assert.equal(
      actorOf(run({ state: { ...state('INTERNAL_ERROR', 'FAILED'), termination: details } })),
      'user',
    );
    const task = { runId: '2', taskKey: 't', attempt: 0, state: state('TERMINATED', 'FAILED') };
    assert.equal(actorOf(run({ state: state('INTERNAL_ERROR', 'FAILED'), tasks: [task] })), 'user');
  });

  it('blames the platform for clouds, clusters and drivers', () => {
    for (const [code, type] of [
      ['CLOUD_FAILURE', 'CLOUD_FAILURE'],
      ['DRIVER_ERROR', 'CLIENT_ERROR'],
      ['SOMETHING_NEW', 'INTERNAL_ERROR'],
    ] as const) {
      const termination = { code, type, message: '' };
      assert.equal(
        actorOf(run({ state: { ...state('INTERNAL_ERROR', 'FAILED'), termination } })),
        'platform',
        code,
      );
    }
    assert.equal(actorOf(run({ state: state('INTERNAL_ERROR') })), 'platform');
  });
});
