import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { awaitSubmitTurn } from '../../../src/databricks/http/submit-rate.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';

describe('the pace of submits', () => {
  it('is at most 30 in any second, whenever they are asked for, and none waits longer than it must', async () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 150 });
    await fc.assert(
      fc.asyncProperty(arrivals, async (delays) => {
        const clock = swiftClock();
        const start = clock.now().getTime();
        const times = await Promise.all(
          delays.map(async (delay) => {
            await clock.sleep(delay);
            await awaitSubmitTurn(clock);
            return clock.now().getTime() - start;
          }),
        );
        times.sort((a, b) => a - b);
        for (const [index, time] of times.entries()) {
          const later = times[index + 30];
          assert.ok(later === undefined || later - time >= 1000, `${time} and ${later}`);
        }
        assert.ok((times.at(-1) ?? 0) <= Math.max(...delays) + delays.length * 40 + 1);
      }),
      { numRuns: 30 },
    );
  });

  it('lets a few pass at once', async () => {
    const clock = swiftClock();
    const start = clock.now().getTime();
    for (let count = 0; count < 5; count++) await awaitSubmitTurn(clock);
    assert.equal(clock.now().getTime(), start);
  });

  it('is not waited for by whom is told to stop', async () => {
    const clock = swiftClock();
    for (let count = 0; count < 5; count++) await awaitSubmitTurn(clock);
    await assert.rejects(awaitSubmitTurn(clock, AbortSignal.abort(new Error('interrupted'))), {
      message: 'interrupted',
    });
  });
});
