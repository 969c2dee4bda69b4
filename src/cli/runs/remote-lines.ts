import { printable, printableLine } from '../../core/printable.ts';
import type { Run, RunState } from '../../databricks/runs/run.ts';
import type { Actor, Cause } from '../../databricks/runs/run-outcome.ts';
import { isSuccess, isTerminal, stateWord } from '../../databricks/runs/run-state.ts';
import { type Frame, userFrame } from '../../databricks/runs/traceback.ts';
import { errorLines, type Style, secondsText } from './run-lines.ts';

/** Why one task of a Databricks run did not succeed. */
export interface FailedTask {
  /** Empty when it is the run as a whole. */
  readonly taskKey: string;
  /** The task run whose log tells more. */
  readonly runId: string;
  readonly cause: Cause;
  readonly actor: Actor;
  /** The last line of the traceback, or what the workspace said. */
  readonly message: string;
  /** Who has to act, and what to do. */
  readonly advice: string;
  readonly errorTrace?: string;
}

/** `weather_daily.clean · run 1207 · by ada@example.com` */
export function remoteHead(run: Run, style: Style): string {
  const by = run.creator === '' ? [] : [`by ${printableLine(run.creator)}`];
  return [style('bold', printableLine(run.name || 'Untitled')), `run ${run.runId}`, ...by].join(' · ');
}

/** One row for each task: mark, task, state, time. @param frame Stands for the mark while it runs */
export function remoteRows(run: Run, now: Date, style: Style, frame = '…'): readonly string[] {
  const rows = run.tasks.length === 0 ? [{ ...run, taskKey: 'run', attempt: 0 }] : run.tasks;
  const width = Math.max(...rows.map(({ taskKey }) => printableLine(taskKey).length));
  return rows.map((row) => {
    const [mark, colour] = markOf(row.state, frame);
    const times = rows.length === 1 ? { ...run, ...row } : row;
    const parts = [
      `  ${style(colour, mark)} ${printableLine(row.taskKey).padEnd(width)}`,
      style(colour, printableLine(stateWord(row.state)).padEnd(10)),
      lasted(times, now).padStart(7),
      ...(row.attempt === 0 ? [] : [`attempt ${row.attempt + 1}`]),
    ];
    return parts.join('  ').trimEnd();
  });
}

/** `FAILED · 3 tasks: 1 ok, 2 not · 12.3s` */
export function remoteSummary(run: Run, now: Date, style: Style): string {
  const fine = run.tasks.filter(({ state }) => isSuccess(state)).length;
  const word = stateWord(run.state);
  const total = run.tasks.length;
  const tasks = total < 2 ? [] : [`${total} tasks: ${fine} ok, ${total - fine} not`];
  return [style(isSuccess(run.state) ? 'green' : 'red', word), ...tasks, lasted(run, now)].join(' · ');
}

/**
 * What a person needs to know about a task that failed: the error, his own line, who acts, where to read on. The log of
 * an only task has the id of the whole run, which is also in its link.
 */
export function failedLines({ runId, tasks }: Run, task: FailedTask, style: Style): readonly string[] {
  const frame = userFrame(task.errorTrace ?? '');
  const code = frame === undefined || frame.code === '' ? [] : block(`  ${printable(frame.code)}`);
  const logs = tasks.length === 1 ? runId : task.runId;
  return [
    ...errorLines(task.message, frame === undefined ? undefined : placeOf(frame), style),
    ...code,
    ...block(`${task.advice} Last lines: hermes runs logs ${logs} --tail 50`),
  ];
}

function placeOf({ file, line, function: name }: Frame): string {
  const where = `${file.split('/').at(-1)}:${line}`;
  return name === '' || name === '<module>' ? where : `${where} in ${name}`;
}

function block(text: string): readonly string[] {
  return text.split('\n').map((line) => `      ${line}`);
}

function markOf(state: RunState, frame: string): readonly [string, Parameters<Style>[0]] {
  if (!isTerminal(state)) return [state.lifeCycle === 'BLOCKED' ? '·' : frame, 'cyan'];
  if (isSuccess(state)) return ['✓', 'green'];
  return state.lifeCycle === 'SKIPPED' ? ['-', 'dim'] : ['✗', 'red'];
}

function lasted({ startedAt, endedAt }: Pick<Run, 'startedAt' | 'endedAt'>, now: Date): string {
  if (startedAt === undefined) return '';
  return secondsText(Math.max(0, (endedAt ?? now).getTime() - startedAt.getTime()));
}
