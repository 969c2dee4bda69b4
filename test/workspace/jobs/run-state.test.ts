import assert from 'node:assert/strict';
import {
  cancelled,
  type Ending,
  endingOfRun,
  lifeOfRun,
  succeeded,
  timedOut,
  upstreamEnded,
  userFailure,
} from '../../../src/workspace/jobs/run-state.ts';

const task = (taskKey: string, ending: Ending) => ({ taskKey, ending });
const failed = userFailure('KeyError: 1', 'trace');

describe('the ending of a run', () => {
  it('is a success only when every task succeeded, also when it was told to end too late', () => {
    assert.equal(endingOfRun([task('a', succeeded), task('b', succeeded)], cancelled()).result, 'SUCCESS');
    assert.equal(endingOfRun([task('a', succeeded), task('b', cancelled())], undefined).result, 'CANCELED');
  });

  it('names the task that failed, not those that were skipped because of it', () => {
    assert.deepEqual(endingOfRun([task('b', upstreamEnded(failed)), task('a', failed)], undefined), {
      life: 'INTERNAL_ERROR',
      result: 'FAILED',
      message:
        'Task a failed with message: Workload failed, see run output for details. This caused all downstream tasks to get skipped.',
      code: 'RUN_EXECUTION_ERROR',
      type: 'CLIENT_ERROR',
    });
  });

  it('is what the whole run was told, when tasks ended because of it', () => {
    const whole = timedOut('Run timed out: it ran longer than 5 seconds.');
    assert.deepEqual(endingOfRun([task('a', whole)], whole), whole);
  });
});

describe('the life of a run', () => {
  it('follows its tasks', () => {
    assert.equal(lifeOfRun(['QUEUED', 'BLOCKED']), 'QUEUED');
    assert.equal(lifeOfRun(['PENDING', 'BLOCKED']), 'PENDING');
    assert.equal(lifeOfRun(['RUNNING', 'PENDING']), 'RUNNING');
    assert.equal(lifeOfRun(['TERMINATED', 'QUEUED']), 'RUNNING');
    assert.equal(lifeOfRun(['TERMINATING']), 'TERMINATING');
  });
});
