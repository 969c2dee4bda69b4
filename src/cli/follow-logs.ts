import type { Clock } from '../core/clock.ts';
import type { JobsApi } from '../databricks/api.ts';
import type { Run } from '../databricks/run.ts';
import { isTerminal } from '../databricks/run-state.ts';
import { outputRunId } from './find-run.ts';

const PERIOD_MS = 500;

/** Prints what a run has printed so far, then what it adds, until it ends. */
export async function followLogs(
  jobs: JobsApi,
  runId: string,
  output: { readonly clock: Clock; readonly signal: AbortSignal; readonly write: (text: string) => void },
): Promise<void> {
  let seen = '';
  for (;;) {
    const run: Run = await jobs.getRun(runId, output.signal);
    const { logs } = await jobs.getRunOutput(outputRunId(run, runId), output.signal);
    const added = addedText(seen, logs);
    if (added !== '') output.write(added);
    seen = logs;
    if (isTerminal(run.state)) return;
    await output.clock.sleep(PERIOD_MS, output.signal);
  }
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
