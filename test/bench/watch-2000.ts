import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import type { JobsApi } from '../../src/databricks/api.ts';
import { createDatabricks } from '../../src/databricks/client.ts';
import { remotePace } from '../../src/databricks/runs/polling-pace.ts';
import type { Run } from '../../src/databricks/runs/run.ts';
import { isTerminal } from '../../src/databricks/runs/run-state.ts';
import { createRunWatcher } from '../../src/databricks/runs/run-watcher.ts';
import type { BenchResult } from './measure.ts';
import type { Opened, RunsAdded, RunsWanted } from './timetable-workspace.ts';

const RUNS = 2000;
const MANY_RUNS = 20_000;
const ALLOWED_MB = 200;
/** The freshness that is promised: an end is noticed within this time. */
const PERIOD_MS = 5000;

/**
 * 2,000 runs that end within half a minute, followed by one watcher and by one poll per run, over 50 ms of added
 * latency; then the memory that following 20,000 takes. Server, database, API, client and wire are the real ones, in two
 * processes; what the runs do is a timetable, since 2,000 Python processes would measure the machine.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hermes-bench-'));
  const child = fork(join(import.meta.dirname, 'timetable-workspace.ts'), [folder], { stdio: 'inherit' });
  try {
    const { url, slowUrl, token } = await answer<Opened>(child);
    const jobsAt = (host: string) => createDatabricks({ host, token }, { clock: systemClock }).jobs;
    const memory = await measureMemory(child, jobsAt(url));
    const slow = jobsAt(slowUrl);
    const watcher = createRunWatcher(slow, { clock: systemClock, pace: remotePace() });
    const ours = await measure(child, (runId) => watcher.watch(runId));
    const peer = await measure(child, (runId) => pollAlone(slow, runId));
    return [
      result('watch-2000 requests', 'requests', ours.requests, peer.requests),
      result('watch-2000 latest notice of an end', 's', ours.latestSeconds, peer.latestSeconds),
      { ...result('watch-20000 memory', 'MB', memory, ALLOWED_MB), peerName: 'allowed' },
    ];
  } finally {
    child.disconnect();
    await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

function result(name: string, unit: string, ours: number, peer: number): BenchResult {
  return { name, ours, peer, peerName: 'one poll per run', unit, ratio: ours / peer };
}

interface Watched {
  readonly requests: number;
  readonly latestSeconds: number;
}

async function measure(child: ChildProcess, watch: (runId: string) => Promise<Run>): Promise<Watched> {
  const added = await addRuns(child, { count: RUNS, fromSeconds: 5, toSeconds: 30 });
  const late = await Promise.all(
    added.runIds.map(async (runId) => {
      const ended = await watch(runId);
      return Date.now() - (ended.endedAt?.getTime() ?? 0);
    }),
  );
  const { requests } = await addRuns(child, { count: 0, fromSeconds: 0, toSeconds: 0 });
  return { requests: requests - added.requests, latestSeconds: Math.max(...late) / 1000 };
}

/** What every operator of its own does: a poll, a wait, a poll. They do not all begin at the same moment. */
async function pollAlone(jobs: JobsApi, runId: string): Promise<Run> {
  await systemClock.sleep(Math.random() * PERIOD_MS);
  for (;;) {
    const found = await jobs.getRun(runId);
    if (isTerminal(found.state)) return found;
    await systemClock.sleep(PERIOD_MS);
  }
}

/** Megabytes by which this process grows until it has seen all of its runs and read on for a while. */
async function measureMemory(child: ChildProcess, jobs: JobsApi): Promise<number> {
  const { runIds } = await addRuns(child, { count: MANY_RUNS, fromSeconds: 3600, toSeconds: 7200 });
  const before = process.memoryUsage().rss;
  let most = before;
  const sampling = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 50);
  const enough = new AbortController();
  const allSeen = Promise.withResolvers<void>();
  let seen = 0;
  const onChange = (): void => {
    if (++seen === MANY_RUNS) allSeen.resolve();
  };
  const watcher = createRunWatcher(jobs, { clock: systemClock, pace: remotePace() });
  const waits = runIds.map((runId) => watcher.watch(runId, { onChange, signal: enough.signal }));
  await allSeen.promise;
  await systemClock.sleep(5000);
  enough.abort();
  await Promise.allSettled(waits);
  clearInterval(sampling);
  return (most - before) / 2 ** 20;
}

async function addRuns(child: ChildProcess, wanted: RunsWanted): Promise<RunsAdded> {
  child.send(wanted);
  return answer<RunsAdded>(child);
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const [message] = await once(child, 'message');
  return message as T;
}
