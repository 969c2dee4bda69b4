import assert from 'node:assert/strict';
import { systemClock } from '../../../src/core/clock.ts';
import { GITHUB_PACE, openGate } from '../../../src/github/api/request-pace.ts';
import { sendPatiently } from '../../../src/github/api/send-patiently.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';

type Answer = {
  readonly status: number;
  readonly message?: string;
  readonly headers?: Record<string, string>;
};
const OK: Answer = { status: 200 };
/** The network failed: octokit's error has no answer. */
const LOST: Answer = { status: 0 };

/** Sends one request to somebody who gives these answers in turn. */
async function send(method: string, url: string, answers: readonly Answer[], query?: string) {
  const clock = swiftClock();
  const start = clock.now().getTime();
  const sentences: string[] = [];
  const sentAt: number[] = [];
  const rest = [...answers];
  const endpoint = { method, url, headers: {}, baseUrl: 'https://api.github.com', request: {}, query };
  const sending = sendPatiently(
    async () => {
      sentAt.push((clock.now().getTime() - start) / 1000);
      const answer = rest.shift() ?? OK;
      if (answer.status === 200) return { status: 200, url, headers: {}, data: {} };
      throw refusal(answer, method, url);
    },
    endpoint,
    {
      clock,
      signal: new AbortController().signal,
      gate: openGate(GITHUB_PACE, clock),
      onWait: (sentence) => sentences.push(sentence),
    },
  );
  const error = await sending.then(
    () => undefined,
    (reason: Error) => reason,
  );
  return { sentAt, sentences, error };
}

function refusal({ status, message = 'no', headers = {} }: Answer, method: string, url: string): Error {
  const request = { method, url };
  if (status === 0) return Object.assign(new Error('socket hang up'), { status: 500, request });
  return Object.assign(new Error(message), { status, request, response: { headers, data: { message } } });
}

describe('sending to GitHub', () => {
  it('repeats what may be repeated after trouble, ever more slowly', async () => {
    for (const [method, url] of [
      ['GET', '/repos/acme/weather'],
      ['PUT', '/repos/acme/weather/environments/dev'],
      ['POST', '/repos/acme/weather/git/trees'],
    ] as const) {
      const { sentAt, error } = await send(method, url, [{ status: 502 }, LOST, { status: 500 }]);
      assert.deepEqual([sentAt, error], [[0, 1, 5, 14], undefined], url);
    }
    const { sentAt, error } = await send('GET', '/x', [LOST, LOST, LOST, LOST, LOST]);
    assert.deepEqual([sentAt.length, error?.message], [4, 'socket hang up']);
  });

  it('never repeats a POST whose fate is not known', async () => {
    for (const answer of [LOST, { status: 502 }]) {
      assert.deepEqual((await send('POST', '/orgs/acme/repos', [answer])).sentAt, [0]);
    }
  });

  it('never repeats what GitHub refuses', async () => {
    for (const status of [400, 401, 403, 404, 409, 410, 422, 451]) {
      assert.deepEqual((await send('GET', '/x', [{ status }])).sentAt, [0], String(status));
    }
  });

  it('waits as long as GitHub asks, also before a POST, and says so', async () => {
    const headers = { 'retry-after': '30' };
    const { sentAt, sentences, error } = await send('POST', '/orgs/acme/repos', [{ status: 403, headers }]);
    assert.deepEqual(sentAt, [0, 30]);
    assert.deepEqual(sentences, ['GitHub asks to wait 30 seconds.']);
    assert.equal(error, undefined);
  });

  it('waits longer each time where GitHub does not say how long', async () => {
    const limit = { status: 403, message: 'You have exceeded a secondary rate limit.' };
    assert.deepEqual((await send('GET', '/x', [limit, { status: 429 }, limit])).sentAt, [0, 60, 180, 420]);
  });

  it("takes the end of the hour by GitHub's clock", async () => {
    const headers = {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Date.parse('2040-01-01T00:01:00Z') / 1000),
      date: 'Sun, 01 Jan 2040 00:00:00 GMT',
    };
    assert.deepEqual((await send('GET', '/x', [{ status: 403, headers }])).sentAt, [0, 61]);
  });

  it('says when to go on where the wait would be too long', async () => {
    const { sentAt, error } = await send('GET', '/x', [{ status: 429, headers: { 'retry-after': '3600' } }]);
    assert.deepEqual(sentAt, [0]);
    assert.equal(
      error?.message,
      'Cannot go on with GitHub [until=2026-01-01T01:00:00.000Z]: its limit of requests is reached.',
    );
  });

  it('ends a wait when it is told to', async () => {
    const stop = new AbortController();
    const sending = sendPatiently(
      async () => {
        setImmediate(() => stop.abort(new Error('interrupted')));
        throw refusal({ status: 429, headers: { 'retry-after': '600' } }, 'GET', '/x');
      },
      { method: 'GET', url: '/x', headers: {}, baseUrl: '', request: {} },
      { clock: systemClock, signal: stop.signal, gate: openGate(GITHUB_PACE, systemClock) },
    );
    await assert.rejects(sending, { message: 'interrupted' });
  });

  it('takes an answer that ends too early for one that is lost', async () => {
    let sent = 0;
    const clock = swiftClock();
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const answer = await sendPatiently(
      async () => {
        sent += 1;
        return { status: 200, url: '/x', headers, data: sent === 1 ? '' : { whole: true } };
      },
      { method: 'GET', url: '/x', headers: {}, baseUrl: '', request: {} },
      { clock, signal: new AbortController().signal, gate: openGate(GITHUB_PACE, clock) },
    );
    assert.deepEqual([sent, answer.data], [2, { whole: true }]);
  });
});

describe('the pace of requests', () => {
  it('lets a few writes follow each other, then one in a second', async () => {
    const clock = swiftClock();
    const start = clock.now().getTime();
    const gate = openGate({ readsAtOnce: 2, writesInARow: 3, writePeriodMs: 1000 }, clock);
    const { signal } = new AbortController();
    const at: number[] = [];
    const write = () =>
      gate.pass(true, signal, async () => void at.push((clock.now().getTime() - start) / 1000));
    await Promise.all([write(), write(), write(), write(), write()]);
    assert.deepEqual(at, [0, 0, 0, 1, 2]);
  });

  it('sends reads side by side up to a limit, and writes one by one', async () => {
    const clock = swiftClock();
    const gate = openGate({ readsAtOnce: 3, writesInARow: 100, writePeriodMs: 1000 }, clock);
    const { signal } = new AbortController();
    for (const [isWrite, most] of [
      [false, 3],
      [true, 1],
    ] as const) {
      let now = 0;
      let seen = 0;
      const work = async () => {
        now += 1;
        seen = Math.max(seen, now);
        await clock.sleep(10);
        now -= 1;
      };
      await Promise.all(Array.from({ length: 9 }, () => gate.pass(isWrite, signal, work)));
      assert.equal(seen, most);
    }
  });

  it('lets nothing through while GitHub wants to be left alone', async () => {
    const clock = swiftClock();
    const start = clock.now().getTime();
    const gate = openGate(GITHUB_PACE, clock);
    const { signal } = new AbortController();
    const at: number[] = [];
    const work = async () => void at.push((clock.now().getTime() - start) / 1000);
    assert.deepEqual([gate.hold(5000), gate.hold(3000), gate.hold(8000)], [true, false, true]);
    await Promise.all([gate.pass(false, signal, work), gate.pass(true, signal, work)]);
    assert.deepEqual(at, [8, 8]);
  });

  it('gives up a place in the queue, and only that one, when told to', async () => {
    const clock = swiftClock();
    const gate = openGate({ readsAtOnce: 1, writesInARow: 1, writePeriodMs: 0 }, clock);
    const { signal } = new AbortController();
    const stop = new AbortController();
    const done: string[] = [];
    const first = gate.pass(false, signal, async () => {
      await clock.sleep(10);
      done.push('first');
    });
    const second = gate.pass(false, stop.signal, async () => void done.push('second'));
    const third = gate.pass(false, signal, async () => void done.push('third'));
    stop.abort(new Error('stopped'));
    await assert.rejects(second, { message: 'stopped' });
    await Promise.all([first, third]);
    assert.deepEqual(done, ['first', 'third']);
  });
});
