import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Fault } from '../fakes/github/faults.ts';
import { fingerprint } from '../fakes/github/fingerprint.ts';
import { type GitHubDouble, type GitHubOptions, startGitHub } from '../fakes/github/start-github.ts';

/** Something that takes several requests, and may be done again. */
export interface Interruptible {
  /** What stands before it. */
  readonly prepare?: (github: GitHubDouble) => Promise<void>;
  /** As one process does it: it knows nothing of what an earlier one knew. */
  readonly run: (github: GitHubDouble, signal: AbortSignal) => Promise<unknown>;
  /** Whether a mishap of a single request need not make it fail: it does by itself what a second call would do. */
  readonly isPatient?: boolean;
}

/** Where a process dies: at its k-th request, before it arrives or once it has had its effect. */
interface Death {
  readonly request: number;
  readonly phase: Fault['phase'];
}

/** Something that happens to one request of a process that lives on. */
interface Mishap extends Death {
  readonly outcome: Fault['outcome'];
}

const DEATH = new Error('killed');
const NOON = new Date('2026-11-21T12:00:00Z');
const SERVER_ERROR = { status: 502, body: { message: 'Server Error' } };
const PATIENCE = {
  status: 403,
  headers: { 'retry-after': '30' },
  body: { message: 'You have exceeded a secondary rate limit.' },
};

/** Interrupts it at each of its requests, in every way: the state in the end is that of an undisturbed one. */
export function itSurvivesInterruptions(work: Interruptible): void {
  let whole: unknown;
  let count = 0;
  before(async () => {
    const github = await startWith(work);
    const before = github.requests.length;
    await work.run(github, new AbortController().signal);
    whole = await fingerprint(github);
    count = github.requests.length - before;
    await github.stop();
  });
  const eachRequest = async (attempt: (request: number) => Promise<Outcome>) => {
    assert.ok(count > 1);
    for (let request = 1; request <= count; request += 1) {
      const { made, requests } = await attempt(request);
      assert.deepEqual(made, whole, `at request ${request} of:\n${requests.join('\n')}`);
    }
  };

  for (const phase of ['before', 'after'] as const) {
    it(`goes on where it was killed, ${phase} any of its requests took effect`, () =>
      eachRequest((request) => afterDeaths(work, [{ request, phase }])));
    if (work.isPatient !== true) continue;
    it(`needs no second call when a connection breaks, ${phase} any of its requests took effect`, () =>
      eachRequest((request) => despite(work, { request, phase, outcome: 'lost' })));
    it(`needs no second call when GitHub answers 502, ${phase} any of its requests took effect`, () =>
      eachRequest((request) => despite(work, { request, phase, outcome: SERVER_ERROR })));
  }

  if (work.isPatient === true) {
    it('needs no second call when an answer ends in its middle', () =>
      eachRequest((request) => despite(work, { request, phase: 'after', outcome: 'cut' })));
    it('waits when GitHub asks for patience, at any of its requests', () =>
      eachRequest((request) => despite(work, { request, phase: 'before', outcome: PATIENCE })));
  }

  it('ends in the same state however often it is killed, also while content is late', async () => {
    const request = fc.integer({ min: 1, max: count });
    const death = fc.record({ request, phase: fc.constantFrom<Fault['phase'][]>('before', 'after') });
    const property = fc.asyncProperty(
      fc.array(death, { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 0, max: 6 }),
      async (deaths, lateContent) => {
        const { made } = await afterDeaths(work, deaths, { lateContent });
        assert.deepEqual(made, whole);
      },
    );
    await fc.assert(property, { numRuns: 10 });
  });
}

interface Outcome {
  readonly made: unknown;
  readonly requests: readonly string[];
}

async function startWith({ prepare }: Interruptible, options: GitHubOptions = {}): Promise<GitHubDouble> {
  // Hashes of commits tell times apart.
  const github = await startGitHub({ now: () => NOON, ...options });
  await prepare?.(github);
  return github;
}

/** What stands after processes died, one after the other, and the last one did not. */
async function afterDeaths(
  work: Interruptible,
  deaths: readonly Death[],
  options: GitHubOptions = {},
): Promise<Outcome> {
  const github = await startWith(work, options);
  const start = github.requests.length;
  for (const [turn, death] of deaths.entries()) {
    const stop = new AbortController();
    const last = github.requests.length + death.request;
    github.observe = ({ index }, phase) => {
      if (index !== last || phase !== death.phase) return;
      // Nothing of a dead process arrives any more.
      github.fail({ phase: 'before', outcome: 'lost', times: Number.POSITIVE_INFINITY });
      stop.abort(DEATH);
    };
    github.fail({ matches: ({ index }) => index === last, phase: death.phase, outcome: 'lost' });
    const outcome = await work.run(github, stop.signal).catch((error: unknown) => error);
    // A second process may need fewer requests than it takes to kill it.
    if (turn === 0 || outcome instanceof Error) assert.equal(outcome, DEATH);
    github.mend();
    github.observe = () => {};
  }
  await work.run(github, new AbortController().signal);
  return finish(github, start);
}

/** What stands after one process that something happened to. */
async function despite(work: Interruptible, { request, phase, outcome }: Mishap): Promise<Outcome> {
  const github = await startWith(work);
  const start = github.requests.length;
  github.fail({ matches: ({ index }) => index === start + request, phase, outcome });
  await work.run(github, new AbortController().signal);
  return finish(github, start);
}

async function finish(github: GitHubDouble, start: number): Promise<Outcome> {
  const requests = github.requests.slice(start).map(({ method, path }) => `${method} ${path}`);
  const made = await fingerprint(github);
  await github.stop();
  return { made, requests };
}
