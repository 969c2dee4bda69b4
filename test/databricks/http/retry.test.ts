import { strict as assert } from 'node:assert';
import { defaultRetryBudget, retryAfterMs, retryDelayMs } from '../../../src/databricks/http/retry.ts';

const now = new Date('2026-11-21T06:00:00Z');
const failure = (status: number, message = '', code = '') => ({ status, message, code });

describe('how long to wait before another attempt', () => {
  it('is what Retry-After says, in seconds or as a date', () => {
    const cases: readonly [string | undefined, number | undefined][] = [
      ['7', 7000],
      ['0', 0],
      ['Sat, 21 Nov 2026 06:00:30 GMT', 30_000],
      ['Saturday, 21-Nov-26 06:00:30 GMT', 30_000],
      ['Sat, 21 Nov 2026 05:59:00 GMT', 0],
      ['soon', undefined],
      ['-1', undefined],
      ['1.5', undefined],
      ['2026', 2_026_000],
      ['', undefined],
      [undefined, undefined],
    ];
    for (const [header, milliseconds] of cases) assert.equal(retryAfterMs(header, now), milliseconds, header);
  });

  it('is that and up to a second more, so that callers do not come back all at once', () => {
    const attempt = { number: 1, failure: failure(429), retryAfterMs: 3000 };
    assert.equal(retryDelayMs(attempt, false, defaultRetryBudget, 0), 3000);
    assert.equal(retryDelayMs(attempt, false, defaultRetryBudget, 0.5), 3500);
  });

  it('grows with the attempts, to ten seconds, where the workspace says nothing', () => {
    const delays = [1, 2, 9, 10, 50].map((number) =>
      retryDelayMs({ number, failure: failure(429) }, false, defaultRetryBudget, 0),
    );
    assert.deepEqual(delays, [1000, 2000, 9000, 10_000, 10_000]);
  });

  it('is nothing for a submit without token, except where it was surely not carried out', () => {
    const delay = (status: number) =>
      retryDelayMs({ number: 1, failure: failure(status) }, false, defaultRetryBudget, 0);
    assert.deepEqual([429, 500, 503, 504].map(delay), [1000, undefined, undefined, undefined]);
    assert.equal(retryDelayMs({ number: 1, network: 'ECONNRESET' }, false, defaultRetryBudget, 0), undefined);
  });

  it('is nothing for what does not mend itself', () => {
    const delay = (network: string) => retryDelayMs({ number: 1, network }, true, defaultRetryBudget, 0);
    assert.deepEqual(['ECONNRESET', 'ECONNREFUSED', 'EAI_AGAIN', 'ECONNABORTED'].map(delay), [0, 0, 0, 0]);
    const lasting = [
      'ENOTFOUND',
      'CERT_HAS_EXPIRED',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT',
    ];
    assert.ok(lasting.every((code) => delay(code) === undefined));
  });

  it('takes what Databricks calls transient as such, whatever its status', () => {
    const messages = ['Please try again later', 'GetX RPC token bucket limit has been exceeded.'];
    for (const message of messages)
      assert.equal(
        retryDelayMs({ number: 9, failure: failure(400, message) }, true, defaultRetryBudget, 0),
        9000,
      );
    const lock = { number: 9, failure: failure(400, '', 'COULD_NOT_ACQUIRE_LOCK') };
    assert.equal(retryDelayMs(lock, true, defaultRetryBudget, 0), 9000);
    assert.equal(
      retryDelayMs({ number: 1, failure: failure(400, 'no') }, true, defaultRetryBudget, 0),
      undefined,
    );
  });
});
