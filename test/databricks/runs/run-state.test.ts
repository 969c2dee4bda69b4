import { strict as assert } from 'node:assert';
import type { RunState } from '../../../src/databricks/runs/run.ts';
import { isSuccess, isTerminal, stateWord } from '../../../src/databricks/runs/run-state.ts';

const state = (lifeCycle: string, result?: string): RunState => ({
  lifeCycle,
  message: '',
  ...(result === undefined ? {} : { result }),
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
});
