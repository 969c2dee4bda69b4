import { strict as assert } from 'node:assert';
import { ConfigError, ConnectionError, RemoteError } from '../../../src/core/errors.ts';
import type { Run } from '../../../src/databricks/runs/run.ts';
import {
  describeFailure,
  describeRefusal,
  userPlace,
} from '../../../src/engines/local/attempt/describe-failure.ts';
import { withPresentKinds } from '../../../src/engines/local/record/former-kinds.ts';
import type { RunRecord } from '../../../src/engines/local/record/run-record.ts';
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
      kind: 'user_code',
      advice: 'Your script raised it.',
    });
    assert.equal(
      describeFailure(run({}), undefined, pin).message,
      'Workload failed, see run output for details',
    );
    assert.equal(describeFailure(run({ message: '' }), undefined, pin).message, 'the run ended as FAILED');
  });

  it('tells what the workspace refuses from what it fails to take', () => {
    const refused = new ConfigError('Cannot submit the run: no such policy', {
      code: 'HERMES_POLICY_REFUSED',
    });
    assert.deepEqual(describeRefusal(refused), {
      message: 'Cannot submit the run: no such policy',
      actor: 'user',
      kind: 'request',
      advice: 'The workspace refused the request.',
    });
    const kindOf = (code: string, status = '') =>
      describeRefusal(new RemoteError('Cannot submit the run', { code, facts: { code: status } })).kind;
    assert.equal(kindOf('HERMES_DATABRICKS_REFUSED', 'QUOTA_EXCEEDED'), 'quota');
    assert.equal(kindOf('HERMES_DATABRICKS_REFUSED', 'INTERNAL_ERROR'), 'databricks');
    const bad = new RemoteError('Cannot submit the run: no such field', {
      code: 'HERMES_DATABRICKS_REFUSED',
      facts: { status: 400, code: 'INVALID_PARAMETER_VALUE' },
    });
    assert.deepEqual([describeRefusal(bad).kind, describeRefusal(bad).actor], ['request', 'user']);
  });

  it('gives the cure that the workspace or the sign-in names, not a guess at a fault of Databricks', () => {
    const refusal = (code: string, nextStep: string) =>
      describeRefusal(new ConnectionError('Cannot submit the run: no', { code, nextStep }));
    const message = 'Cannot submit the run: no';
    assert.deepEqual(refusal('HERMES_DATABRICKS_UNAUTHENTICATED', 'Make a new token.'), {
      message,
      actor: 'user',
      kind: 'permission',
      advice: 'Make a new token.',
    });
    assert.deepEqual(refusal('HERMES_DATABRICKS_NO_API', 'Check the host.'), {
      message,
      actor: 'user',
      kind: 'permission',
      advice: 'Check the host.',
    });
    assert.deepEqual(refusal('HERMES_DATABRICKS_FORBIDDEN', 'It takes CAN_USE.'), {
      message,
      actor: 'platform',
      kind: 'permission',
      advice: 'It takes CAN_USE.',
    });
    const policy = new ConfigError(message, { code: 'HERMES_POLICY_REFUSED', nextStep: 'Ask its owner.' });
    assert.equal(describeRefusal(policy).advice, 'Ask its owner.');
  });

  it('reads the kinds of older records in the present words', () => {
    const attempt = (kind: string) => ({ error: { message: 'm', actor: 'user', kind } });
    const record = {
      tasks: [{ attempts: [attempt('raised'), {}, attempt('timeout'), attempt('canceled')] }],
    };
    const kinds = withPresentKinds(record as unknown as RunRecord).tasks[0]?.attempts.map(
      ({ error }) => error?.kind,
    );
    assert.deepEqual(kinds, ['user_code', undefined, 'timed_out', 'canceled']);
  });
});
