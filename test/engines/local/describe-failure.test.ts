import { strict as assert } from 'node:assert';
import type { Run } from '../../../src/databricks/run.ts';
import { describeFailure, userPlace } from '../../../src/engines/local/describe-failure.ts';
import { pinOf } from './engine-under-test.ts';

const pin = pinOf({ team: 'weather', project: 'sea-ice', script: 'monthly', scriptVersion: 'latest' });
const TRACE = `Traceback (most recent call last):
  File "/runs/7/monthly-1.0.0.py", line 41, in <module>
    main()
  File "/environments/a/lib/python3.11/site-packages/sea_ice/tables.py", line 7, in main
    return frame['tempMax']
  File "/environments/a/lib/python3.11/site-packages/pandas/core/frame.py", line 4090, in __getitem__
    indexer = self.columns.get_loc(key)
KeyError: 'tempMax'
`;
const run = (more: Partial<Run['state']>): Run => ({
  runId: '1',
  jobId: '1',
  name: '',
  creator: '',
  pageUrl: '',
  tasks: [],
  state: {
    lifeCycle: 'TERMINATED',
    result: 'FAILED',
    message: 'Workload failed, see run output for details',
    ...more,
  },
});

describe('why a run failed', () => {
  it("names the last line that is the user's own, in the library or the script", () => {
    assert.equal(userPlace(TRACE, pin), 'sea-ice/tables.py:7');
    assert.equal(userPlace(TRACE.replace('sea_ice/', 'other/'), pin), 'sea-ice/monthly.py:41');
    assert.equal(userPlace('KeyError', pin), undefined);
  });

  it('is the last line of the traceback, else what the workspace says', () => {
    const output = { error: "KeyError: 'tempMax'", errorTrace: TRACE, logs: '', logsTruncated: false };
    assert.deepEqual(describeFailure(run({}), output, pin), {
      message: "KeyError: 'tempMax'",
      place: 'sea-ice/tables.py:7',
      actor: 'user',
      kind: 'raised',
    });
    assert.equal(
      describeFailure(run({}), undefined, pin).message,
      'Workload failed, see run output for details',
    );
    assert.equal(describeFailure(run({ message: '' }), undefined, pin).message, 'the run ended as FAILED');
  });

  it('tells a time limit, a cancel and a fault of the platform apart', () => {
    const cloud = { code: 'CLOUD_FAILURE', type: 'CLOUD_FAILURE', message: '' };
    assert.equal(describeFailure(run({ result: 'TIMEDOUT' }), undefined, pin).kind, 'timeout');
    assert.equal(describeFailure(run({ result: 'CANCELED' }), undefined, pin).kind, 'canceled');
    const library = { code: 'LIBRARY_INSTALLATION_ERROR', type: 'CLIENT_ERROR', message: '' };
    assert.equal(describeFailure(run({ termination: library }), undefined, pin).kind, 'libraries');
    const killed = { error: 'killed by SIGKILL', logs: '', logsTruncated: false };
    assert.equal(describeFailure(run({}), killed, pin).kind, 'ended');
    const failure = describeFailure(run({ lifeCycle: 'INTERNAL_ERROR', termination: cloud }), undefined, pin);
    assert.deepEqual([failure.kind, failure.actor], ['platform', 'platform']);
  });
});
