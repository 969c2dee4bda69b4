import { strict as assert } from 'node:assert';
import { ConfigError, ConnectionError, RemoteError } from '../../../src/core/errors.ts';
import { remotePace } from '../../../src/databricks/runs/polling-pace.ts';
import type { Run } from '../../../src/databricks/runs/run.ts';
import {
  createRunWatcher,
  type RunWatcher,
  type WatchOptions,
} from '../../../src/databricks/runs/run-watcher.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';
import { type TimetableJobs, type TimetableRun, timetableJobs } from '../../fakes/timetable-jobs.ts';

const START = Date.UTC(2026, 0, 1);

function bench(order: 'end' | 'start' = 'end') {
  const clock = swiftClock();
  const jobs = timetableJobs(clock, order);
  return { clock, jobs, watcher: createRunWatcher(jobs, { clock, pace: remotePace() }) };
}

/** Runs that end one after the other within some seconds. */
function timetable(
  count: number,
  fromSeconds: number,
  toSeconds: number,
  prefix = '9007199254740993',
): TimetableRun[] {
  const step = (toSeconds - fromSeconds) / count;
  return Array.from({ length: count }, (_, at) => ({
    runId: `${prefix}${String(at).padStart(3, '0')}`,
    startsAt: START + at,
    // In no order: the run that was submitted first is seldom the first to end.
    endsAt: START + (fromSeconds + step * ((at * 7919) % count)) * 1000,
  }));
}

/** Watches runs and answers by how many milliseconds each end was noticed late. */
async function delays(
  { clock, watcher }: { clock: ReturnType<typeof swiftClock>; watcher: RunWatcher },
  runs: readonly TimetableRun[],
  options: WatchOptions = {},
): Promise<number[]> {
  return Promise.all(
    runs.map(async ({ runId, endsAt }) => {
      const run = await watcher.watch(runId, options);
      assert.deepEqual([run.runId, run.state.result, run.tasks.length], [runId, 'SUCCESS', 1]);
      return clock.now().getTime() - endsAt;
    }),
  );
}

const callsOf = ({ calls }: TimetableJobs): number => calls.getRun + calls.listRuns;

describe('watching many runs', () => {
  it('reads pages instead of polling each run, and notices each end within five seconds', async () => {
    const under = bench();
    const runs = timetable(2000, 10, 60);
    under.jobs.add(...runs);
    const late = await delays(under, runs);
    assert.ok(Math.max(...late) <= 5000, `${Math.max(...late)} ms`);
    const pollingEach = runs.reduce((sum, { endsAt }) => sum + Math.ceil((endsAt - START) / 5000), 0);
    assert.ok(callsOf(under.jobs) * 15 <= pollingEach, `${callsOf(under.jobs)} calls against ${pollingEach}`);
  });

  it('polls a few runs by themselves, whatever else there is', async () => {
    const under = bench();
    const runs = timetable(5, 10, 60);
    under.jobs.add(...runs, ...timetable(300, 10, 60, '1'));
    await delays(under, runs);
    assert.equal(under.jobs.calls.listRuns, 0);
  });

  it("leaves lists alone that are full of others' runs", async () => {
    const under = bench();
    const runs = timetable(12, 100, 600);
    under.jobs.add(...runs, ...timetable(20_000, 1, 600, '1'));
    await delays(under, runs);
    assert.ok(under.jobs.calls.listRuns < under.jobs.calls.getRun, JSON.stringify(under.jobs.calls));
  });

  it('tells of runs as they start, and of those that join later', async () => {
    const under = bench();
    const early = timetable(40, 200, 300);
    const late = timetable(40, 300, 400, '5').map((run) => ({ ...run, startsAt: START + 150_000 }));
    under.jobs.add(...early, ...late);
    const words = new Map<string, string[]>();
    const onChange = ({ runId, state }: Run): void => {
      const before = words.get(runId) ?? [];
      const word = state.result ?? state.lifeCycle;
      // Its tasks may come a moment later than its state.
      if (before.at(-1) !== word) words.set(runId, [...before, word]);
    };
    const first = delays(under, early, { onChange });
    await under.clock.sleep(60_000);
    await Promise.all([first, delays(under, late, { onChange })]);
    assert.deepEqual(words.get(late[3]?.runId ?? ''), ['QUEUED', 'RUNNING', 'SUCCESS']);
    assert.deepEqual(words.get(early[3]?.runId ?? ''), ['QUEUED', 'RUNNING', 'SUCCESS']);
  });

  it('finds runs that had ended before anyone watched', async () => {
    const under = bench();
    const runs = timetable(300, 10, 60);
    under.jobs.add(...runs, ...timetable(300, 70, 200, '1'));
    await under.clock.sleep(300_000);
    await delays(under, runs);
    assert.ok(callsOf(under.jobs) < 320, String(callsOf(under.jobs)));
  });

  it('learns that lists are not in the order of the ends, and reads what is active instead', async () => {
    const under = bench('start');
    const runs = timetable(200, 10, 120);
    under.jobs.add(...runs, ...timetable(200, 1, 100, '1'));
    const late = await delays(under, runs);
    // The last few are polled one by one.
    const settled = late.filter((_, at) => Math.abs((runs[at]?.endsAt ?? 0) - START - 70_000) < 40_000);
    assert.ok(Math.max(...late) <= 10_000 && Math.max(...settled) <= 5000, `${Math.max(...settled)} ms`);
  });

  it('takes a run that lists do not show for one to look at, not for one that has ended', async () => {
    const under = bench();
    const runs = timetable(30, 100, 120);
    under.jobs.add(...runs);
    const hidden = runs[4]?.runId;
    const { listRuns } = under.jobs;
    under.jobs.listRuns = async (query) => {
      const page = await listRuns(query);
      return { ...page, runs: page.runs.filter(({ runId }) => runId !== hidden) };
    };
    await delays(under, runs);
  });

  it('polls each run where lists are refused, and says so once', async () => {
    for (const error of [
      new ConnectionError('Cannot list runs: no', {
        code: 'HERMES_DATABRICKS_FORBIDDEN',
        facts: { status: 403 },
      }),
      new ConfigError('Cannot list runs: no', {
        code: 'HERMES_DATABRICKS_NOT_FOUND',
        facts: { status: 404 },
      }),
      new RemoteError('Cannot list runs: no', { code: 'HERMES_DATABRICKS_REFUSED', facts: { status: 400 } }),
    ]) {
      const under = bench();
      const runs = timetable(40, 10, 60);
      under.jobs.add(...runs);
      under.jobs.onCall = (name) => {
        if (name === 'listRuns') throw error;
      };
      const troubles: string[] = [];
      await delays(under, runs, { onTrouble: (message) => troubles.push(message) });
      assert.deepEqual(troubles, [
        `runs are asked for one by one, since they cannot be listed: ${error.message}`,
      ]);
      assert.equal(under.jobs.calls.listRuns, 1);
    }
  });

  it('goes on while lists fail, and says so once', async () => {
    const under = bench();
    const runs = timetable(40, 60, 80);
    under.jobs.add(...runs);
    under.jobs.onCall = (name) => {
      const seconds = (under.clock.now().getTime() - START) / 1000;
      if (name === 'listRuns' && seconds > 5 && seconds < 50)
        throw new RemoteError('Cannot list runs: busy', {
          code: 'HERMES_DATABRICKS_REFUSED',
          facts: { status: 503 },
        });
    };
    const troubles: string[] = [];
    const late = await delays(under, runs, { onTrouble: (message) => troubles.push(message) });
    assert.deepEqual(troubles, ['Cannot list runs [status=503]: busy']);
    assert.ok(Math.max(...late) <= 5000);
  });

  it('lets go of one run without disturbing the others', async () => {
    const under = bench();
    const runs = timetable(30, 60, 80);
    under.jobs.add(...runs);
    const leaving = new AbortController();
    const left = under.watcher.watch(runs[0]?.runId ?? '', { signal: leaving.signal });
    const others = delays(under, runs.slice(1));
    await under.clock.sleep(10_000);
    leaving.abort(new Error('enough'));
    await assert.rejects(left, { message: 'enough' });
    await others;
    await assert.rejects(under.watcher.watch('1', { signal: leaving.signal }), { message: 'enough' });
  });

  it('ends the wait for a run that is not there, and only that one', async () => {
    const under = bench();
    const runs = timetable(30, 10, 20);
    under.jobs.add(...runs);
    const others = delays(under, runs);
    await assert.rejects(under.watcher.watch('404'), { code: 'HERMES_DATABRICKS_NOT_FOUND' });
    await others;
  });

  it('tells everyone who waits for the same run', async () => {
    const under = bench();
    under.jobs.add(...timetable(1, 10, 11));
    const [runId = ''] = timetable(1, 10, 11).map((run) => run.runId);
    const [one, two] = await Promise.all([under.watcher.watch(runId), under.watcher.watch(runId)]);
    assert.equal(one, two);
  });
});
