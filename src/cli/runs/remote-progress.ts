import type { Clock } from '../../core/clock.ts';
import type { Run } from '../../databricks/runs/run.ts';
import { stateWord } from '../../databricks/runs/run-state.ts';
import { type FailedTask, failedLines, remoteHead, remoteRows, remoteSummary } from './remote-lines.ts';
import type { ProgressOutput } from './run-progress.ts';
import { spinnerMark } from './spinner-mark.ts';

/** What is seen of a Databricks run while it is watched. */
export type RemoteEvent =
  | { readonly type: 'run'; readonly run: Run }
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'ended'; readonly run: Run; readonly failed: readonly FailedTask[] };

/** Shows a Databricks run as it goes: live rows on a terminal, else one line per change; objects with `--json`. */
export function createRemoteProgress(
  output: ProgressOutput,
  clock: Clock,
): { readonly onEvent: (event: RemoteEvent) => void; readonly tick: () => void } {
  let run: Run | undefined;
  let frame = 0;
  let shown: readonly string[] = [];

  const rows = (current: Run, mark?: string) => remoteRows(current, clock.now(), output.style, mark);
  const draw = (): void => {
    if (run !== undefined) output.redraw?.(rows(run, spinnerMark(frame)).join('\n'));
  };
  const change = (current: Run): void => {
    const words = current.tasks.map(({ state, attempt }) => `${stateWord(state)} ${attempt}`);
    const lines = rows(current);
    const isOnly = words.length === 0;
    lines.forEach((line, index) => {
      if (isOnly || words[index] !== shown[index]) output.print(line);
    });
    shown = words;
  };
  const end = (ended: Run, failed: readonly FailedTask[]): void => {
    output.clear?.();
    const last = rows(ended);
    if (output.redraw !== undefined) for (const row of last) output.print(row);
    for (const task of failed) {
      const row = last[ended.tasks.findIndex(({ taskKey }) => taskKey === task.taskKey)];
      if (last.length > 1 && row !== undefined) output.print(row);
      for (const line of failedLines(ended, task, output.style)) output.print(line);
    }
    output.print(remoteSummary(ended, clock.now(), output.style));
    if (failed.length > 0) output.print(`Repeat it as it was:  hermes runs rerun ${ended.runId}`);
  };

  return {
    tick: () => {
      frame++;
      draw();
    },
    onEvent: (event) => {
      output.object(remoteObject(event));
      if (event.type === 'note') return output.note(event.message);
      if (run === undefined) {
        output.print(remoteHead(event.run, output.style));
        if (event.run.pageUrl !== '') output.print(`  ${event.run.pageUrl}`);
      }
      run = event.run;
      if (event.type === 'ended') return end(event.run, event.failed);
      if (output.redraw !== undefined) draw();
      else change(event.run);
    },
  };
}

/** An event as a program reads it, one object per line. */
function remoteObject(event: RemoteEvent): Readonly<Record<string, unknown>> {
  if (event.type === 'note') return { event: 'note', message: event.message };
  if (event.type === 'run') return { event: 'run', ...remoteRunObject(event.run) };
  return { event: 'ended', ...remoteRunObject(event.run), failed: event.failed };
}

/** A Databricks run as a program reads it. Ids are texts: they may exceed 2^53. */
export function remoteRunObject(run: Run): Readonly<Record<string, unknown>> {
  return {
    runId: run.runId,
    jobId: run.jobId,
    name: run.name,
    creator: run.creator,
    state: stateWord(run.state),
    lifeCycle: run.state.lifeCycle,
    result: run.state.result,
    message: run.state.message,
    url: run.pageUrl,
    startedAt: run.startedAt?.toISOString(),
    endedAt: run.endedAt?.toISOString(),
    tasks: run.tasks.map((task) => ({
      task: task.taskKey,
      runId: task.runId,
      attempt: task.attempt + 1,
      state: stateWord(task.state),
      clusterId: task.clusterId,
    })),
  };
}
