import type { Clock } from '../../src/core/clock.ts';
import { ConfigError } from '../../src/core/errors.ts';
import type { JobsApi } from '../../src/databricks/api.ts';
import type { Run, RunState } from '../../src/databricks/runs/run.ts';

/** A run that goes by the clock; times are epoch milliseconds. */
export interface TimetableRun {
  readonly runId: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** A workspace in memory whose runs go by a clock, and which counts the calls. */
export interface TimetableJobs extends JobsApi {
  readonly calls: { getRun: number; listRuns: number };
  /** Called before each call; a throw is what the caller sees. */
  onCall: (name: string) => void;
  add(...runs: readonly TimetableRun[]): void;
}

/**
 * @param order How lists are sorted: by the end, as documented, or by the start, as older descriptions say.
 */
export function timetableJobs(clock: Clock, order: 'end' | 'start' = 'end'): TimetableJobs {
  const runs = new Map<string, TimetableRun>();
  const now = (): number => clock.now().getTime();
  const refuse = async () => {
    throw new Error('not in the timetable');
  };
  const sorted = (only: string | undefined): TimetableRun[] => {
    const fitting = [...runs.values()].filter(
      ({ endsAt }) => only === undefined || endsAt <= now() === (only === 'completed'),
    );
    const key = (run: TimetableRun) => (order === 'end' && run.endsAt <= now() ? run.endsAt : run.startsAt);
    return fitting.toSorted((a, b) => key(b) - key(a));
  };
  const fake: TimetableJobs = {
    calls: { getRun: 0, listRuns: 0 },
    onCall: () => undefined,
    add: (...more) => {
      for (const run of more) runs.set(run.runId, run);
    },
    getRun: async (runId) => {
      fake.calls.getRun++;
      fake.onCall('getRun');
      const run = runs.get(runId);
      if (run !== undefined) return describe(run, now(), true);
      throw new ConfigError(`Cannot read run ${runId}`, { code: 'HERMES_DATABRICKS_NOT_FOUND' });
    },
    listRuns: async ({ only, withTasks = false, limit = 25, pageToken = '0' }) => {
      fake.calls.listRuns++;
      fake.onCall('listRuns');
      const all = sorted(only);
      const from = Number(pageToken);
      const next = from + limit < all.length ? { nextPageToken: String(from + limit) } : {};
      return { runs: all.slice(from, from + limit).map((run) => describe(run, now(), withTasks)), ...next };
    },
    submitRun: refuse,
    getRunOutput: refuse,
    cancelRun: refuse,
  };
  return fake;
}

function describe({ runId, startsAt, endsAt }: TimetableRun, now: number, withTasks: boolean): Run {
  const hasEnded = endsAt <= now;
  const state: RunState = hasEnded
    ? { lifeCycle: 'TERMINATED', result: 'SUCCESS', message: '' }
    : { lifeCycle: startsAt <= now ? 'RUNNING' : 'QUEUED', message: '' };
  return {
    runId,
    jobId: runId,
    name: '',
    creator: '',
    state,
    pageUrl: `http://127.0.0.1:1/jobs/${runId}/runs/${runId}`,
    startedAt: new Date(startsAt),
    ...(hasEnded ? { endedAt: new Date(endsAt) } : {}),
    tasks: withTasks ? [{ runId: `${runId}0`, taskKey: 'main', attempt: 0, state }] : [],
  };
}
