import { strict as assert } from 'node:assert';
import { retryDelaySeconds } from '../../../src/engines/local/attempt/retry-delay.ts';

const delays = (more: object) =>
  [1, 2, 3, 4].map((attempt) =>
    retryDelaySeconds({ retryDelaySeconds: 300, retryExponentialBackoff: false, ...more }, attempt),
  );

describe('the wait before another attempt', () => {
  it('stays the same, or doubles up to a bound', () => {
    assert.deepEqual(delays({}), [300, 300, 300, 300]);
    assert.deepEqual(delays({ retryExponentialBackoff: true }), [300, 600, 1200, 2400]);
    assert.deepEqual(
      delays({ retryExponentialBackoff: true, maxRetryDelaySeconds: 900 }),
      [300, 600, 900, 900],
    );
  });

  it('is never more than a day', () => {
    assert.equal(retryDelaySeconds({ retryDelaySeconds: 300, retryExponentialBackoff: true }, 2000), 86_400);
  });
});
