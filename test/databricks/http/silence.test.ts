import { strict as assert } from 'node:assert';
import type { Attempt } from '../../../src/databricks/http/retry.ts';
import { createSilence } from '../../../src/databricks/http/silence.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';

const HOST = 'https://dbc-1.example';

describe('what is said while a workspace does not answer', () => {
  async function heard(attempts: readonly Attempt[], sent = true): Promise<string[]> {
    const said: string[] = [];
    const clock = swiftClock();
    const silence = createSilence(HOST, clock, (message) => said.push(message))();
    if (sent) silence.sent();
    for (const attempt of attempts) silence.heard(attempt);
    await silence.during(clock.sleep(10_000));
    return said;
  }

  it('is why, as far as it is known', async () => {
    assert.deepEqual(await heard([]), [`No answer yet from ${HOST}; still trying.`]);
    assert.deepEqual(await heard([{ number: 1, network: 'ECONNRESET' }]), [
      `No answer yet from ${HOST} (ECONNRESET); still trying.`,
    ]);
    const failure = { status: 503, code: '', message: '' };
    assert.deepEqual(await heard([{ number: 1, failure }]), [
      `${HOST} does not take the call for the moment (status 503); trying again.`,
    ]);
  });

  it('is nothing while a call waits for its turn, or is answered soon', async () => {
    assert.deepEqual(await heard([], false), []);
    const clock = swiftClock();
    const said: string[] = [];
    const silence = createSilence(HOST, clock, (message) => said.push(message))();
    silence.sent();
    await silence.during(clock.sleep(2000));
    await clock.sleep(10_000);
    assert.deepEqual(said, []);
  });

  it('is said once for all calls, and again after an answer', async () => {
    const clock = swiftClock();
    const said: string[] = [];
    const open = createSilence(HOST, clock, (message) => said.push(message));
    const call = async (): Promise<void> => {
      const silence = open();
      silence.sent();
      await silence.during(clock.sleep(5000));
    };
    await Promise.all([call(), call()]);
    await call();
    assert.equal(said.length, 1);
    open().heard();
    await call();
    assert.equal(said.length, 2);
  });
});
