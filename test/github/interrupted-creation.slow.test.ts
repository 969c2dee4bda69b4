import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createGitHubHost } from '../../src/github/github-host.ts';
import type { Fault } from '../fakes/github/faults.ts';
import { fingerprint } from '../fakes/github/fingerprint.ts';
import { type GitHubDouble, type GitHubOptions, startGitHub } from '../fakes/github/start-github.ts';
import { swiftClock } from '../fakes/swift-clock.ts';
import { openDouble } from './github-under-test.ts';
import { wantedRepository } from './wanted-repository.ts';

// Another default branch than the organisation's, so that a renaming may be interrupted, too.
const wanted = wantedRepository('weather', { defaultBranch: 'master' });
const DEATH = new Error('killed');

/** Where a process dies: at its k-th request, before it arrives or once it has had its effect. */
interface Death {
  readonly request: number;
  readonly phase: Fault['phase'];
}

/** Something that happens to one request of a process that lives on. */
interface Mishap {
  readonly request: number;
  readonly phase: Fault['phase'];
  readonly outcome: Fault['outcome'];
}

describe('making a repository on GitHub, interrupted', function () {
  this.timeout(240_000);
  let whole: unknown;
  let count = 0;
  before(async () => {
    const github = await startGitHub();
    await create(github);
    whole = await fingerprint(github);
    count = github.requests.length;
    await github.stop();
  });
  const everyRequest = () => Array.from({ length: count }, (_none, index) => index + 1);

  for (const phase of ['before', 'after'] as const) {
    it(`goes on where it was killed, ${phase} any of its requests took effect`, async () => {
      for (const request of everyRequest()) {
        const [made, requests] = await afterDeaths([{ request, phase }]);
        assert.deepEqual(made, whole, `killed at request ${request}: ${requests[request - 1]}`);
      }
    });

    it(`needs no second call when a connection breaks, ${phase} any of its requests took effect`, async () => {
      for (const request of everyRequest()) {
        const [made, requests] = await despite({ request, phase, outcome: 'lost' });
        assert.deepEqual(made, whole, `lost request ${request}: ${requests[request - 1]}`);
      }
    });

    it(`needs no second call when GitHub answers 502, ${phase} any of its requests took effect`, async () => {
      const outcome = { status: 502, body: { message: 'Server Error' } };
      for (const request of everyRequest()) {
        const [made, requests] = await despite({ request, phase, outcome });
        assert.deepEqual(made, whole, `502 for request ${request}: ${requests[request - 1]}`);
      }
    });
  }

  it('needs no second call when an answer ends in its middle', async () => {
    for (const request of everyRequest()) {
      const [made, requests] = await despite({ request, phase: 'after', outcome: 'cut' });
      assert.deepEqual(made, whole, `cut request ${request}: ${requests[request - 1]}`);
    }
  });

  it('waits when GitHub asks for patience, at any of its requests', async () => {
    const message = 'You have exceeded a secondary rate limit.';
    const outcome = { status: 403, headers: { 'retry-after': '30' }, body: { message } };
    for (const request of everyRequest()) {
      const [made] = await despite({ request, phase: 'before', outcome });
      assert.deepEqual(made, whole, `limited at request ${request}`);
    }
  });

  it('ends in the same state however often it is killed, also while content is late', async () => {
    const death = fc.record({
      request: fc.integer({ min: 1, max: count }),
      phase: fc.constantFrom<Fault['phase'][]>('before', 'after'),
    });
    const property = fc.asyncProperty(
      fc.array(death, { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 0, max: 6 }),
      async (deaths, lateContent) => {
        const [made] = await afterDeaths(deaths, { lateContent });
        assert.deepEqual(made, whole);
      },
    );
    await fc.assert(property, { numRuns: 25 });
  });
});

function create(github: GitHubDouble, signal: AbortSignal = new AbortController().signal) {
  const clock = swiftClock();
  return openDouble(github, signal, clock).then((client) =>
    createGitHubHost(client, 'acme', clock).create(wanted, () => {}, signal),
  );
}

/** What stands after processes died, one after the other, and the last one did not. */
async function afterDeaths(deaths: readonly Death[], options: GitHubOptions = {}) {
  const github = await startGitHub(options);
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
    const outcome = await create(github, stop.signal).catch((error: unknown) => error);
    // A second process may need fewer requests than it takes to kill it.
    if (turn === 0 || outcome instanceof Error) assert.equal(outcome, DEATH);
    github.mend();
  }
  await create(github);
  return finish(github);
}

/** What stands after one process that something happened to. */
async function despite({ request, phase, outcome }: Mishap) {
  const github = await startGitHub();
  github.fail({ matches: ({ index }) => index === request, phase, outcome });
  await create(github);
  return finish(github);
}

async function finish(github: GitHubDouble) {
  const requests = github.requests.map(({ method, path }) => `${method} ${path}`);
  const deleted = requests.filter((line) => line.startsWith('DELETE'));
  assert.deepEqual(deleted, []);
  const made = await fingerprint(github);
  await github.stop();
  return [made, requests] as const;
}
