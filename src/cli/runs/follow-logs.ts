import type { Clock } from '../../core/clock.ts';
import type { JobsApi } from '../../databricks/api.ts';
import type { PollingPace } from '../../databricks/runs/polling-pace.ts';
import { isTerminal, stateWord } from '../../databricks/runs/run-state.ts';
import { watchRun } from '../../databricks/runs/watch-run.ts';
import { outputTask } from './find-run.ts';

/** Where the log goes, and how it is asked for. */
export interface LogSink {
  readonly clock: Clock;
  readonly pace: PollingPace;
  readonly signal: AbortSignal;
  readonly write: (text: string) => void;
  /** A remark that is no part of the log. */
  readonly note: (text: string) => void;
  /** Whether the log is there while the run goes on: the embedded workspace has it, Databricks at the end only. */
  readonly isLive: boolean;
}

const LIVE_PERIOD_MS = 500;

/** Prints what a run has printed so far, then what it adds, until it ends. */
export async function followLogs(jobs: JobsApi, runId: string, sink: LogSink): Promise<void> {
  return sink.isLive ? followLive(jobs, runId, sink) : followToEnd(jobs, runId, sink);
}

async function followLive(jobs: JobsApi, runId: string, sink: LogSink): Promise<void> {
  const show = shower(sink);
  for (;;) {
    const run = await jobs.getRun(runId, sink.signal);
    const task = outputTask(run, runId);
    show((await jobs.getRunOutput(task?.runId ?? runId, sink.signal)).logs);
    if (isTerminal(task?.state ?? run.state)) return;
    await sink.clock.sleep(LIVE_PERIOD_MS, sink.signal);
  }
}

/**
 * The log of a driver is complete only at the end, and may not be there at all before
 * (https://docs.databricks.com/api/workspace/jobs/getrunoutput): says so instead of looking stuck.
 */
async function followToEnd(jobs: JobsApi, runId: string, sink: LogSink): Promise<void> {
  const show = shower(sink);
  const first = await jobs.getRun(runId, sink.signal);
  // Of several tasks one may end long before the others.
  const watched = first.tasks.length > 1 ? (outputTask(first, runId)?.runId ?? runId) : runId;
  if (!isTerminal(first.state))
    sink.note(`Databricks hands out the log when the run has ended. Until then: ${first.pageUrl}`);
  const run = await watchRun(jobs, watched, {
    ...sink,
    onChange: ({ state }) => {
      if (!isTerminal(state)) sink.note(`run ${watched} is ${stateWord(state)}`);
    },
    onTrouble: sink.note,
  });
  const task = outputTask(run, watched);
  show((await jobs.getRunOutput(task?.runId ?? watched, sink.signal)).logs);
}

function shower(sink: LogSink): (logs: string) => void {
  let seen = '';
  return (logs) => {
    const added = addedText(seen, logs);
    if (added !== '') sink.write(added);
    seen = logs;
  };
}

/** What `after` holds beyond `before`; both are the last part of one growing text. */
export function addedText(before: string, after: string): string {
  if (after.startsWith(before)) return after.slice(before.length);
  const end = before.slice(-4096);
  const at = after.lastIndexOf(end);
  return at < 0 ? after : after.slice(at + end.length);
}

/** The last lines of a text. */
export function lastLines(text: string, count: number): string {
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.slice(-count).join('\n');
}
