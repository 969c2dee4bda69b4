import { printable, printableLine } from '../core/printable.ts';
import type { Run, RunOutput, RunState } from '../databricks/run.ts';
import { isSuccess, isTerminal, stateWord } from '../databricks/run-state.ts';
import { userFrame } from '../databricks/traceback.ts';
import { type Style, secondsText } from './run-lines.ts';

/** Why one task of a Databricks run did not succeed. */
export interface FailedTask {
  readonly taskKey: string;
  /** The task run whose log tells more. */
  readonly runId: string;
  readonly output?: RunOutput;
  /** What the workspace said. */
  readonly message: string;
  /** Who has to act, and what to do. */
  readonly advice: string;
}

/** `weather_daily.clean · run 1207 · by ada@example.com` */
export function remoteHead(run: Run, style: Style): string {
  const by = run.creator === '' ? [] : [`by ${printableLine(run.creator)}`];
  return [style('bold', printableLine(run.name || 'Untitled')), `run ${run.runId}`, ...by].join(' · ');
}

/** One row for each task: mark, task, state; the time of the whole run in the last one. @param frame Moves */
export function remoteRows(run: Run, now: Date, style: Style, frame = '…'): readonly string[] {
  const rows = run.tasks.length === 0 ? [{ taskKey: 'run', state: run.state, attempt: 0 }] : run.tasks;
  const width = Math.max(...rows.map(({ taskKey }) => printableLine(taskKey).length));
  return rows.map(({ taskKey, state, attempt }) => {
    const [mark, colour] = markOf(state, frame);
    const parts = [
      `  ${style(colour, mark)} ${printableLine(taskKey).padEnd(width)}`,
      style(colour, printableLine(stateWord(state)).padEnd(10)),
      ...(attempt === 0 ? [] : [`attempt ${attempt + 1}`]),
      ...(rows.length === 1 ? [lasted(run, now).padStart(7)] : []),
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

/** What a person needs to know about a task that failed: the error, his own line, who acts, where to read on. */
export function failedLines({ output, message, advice, runId }: FailedTask, style: Style): readonly string[] {
  const error = output?.error?.trim() || message;
  const frame = userFrame(output?.errorTrace ?? '');
  const place = frame === undefined ? [] : [`${fileName(frame.file)}:${frame.line} in ${frame.function}`];
  return [
    ...block(style('bold', printable(error))),
    ...place.flatMap((text) =>
      block(`${style('cyan', printable(text))}    ${printable(frame?.code ?? '')}`.trimEnd()),
    ),
    ...block(`${advice} Log: hermes runs logs ${runId} --tail 50`),
  ];
}

function block(text: string): readonly string[] {
  return text.split('\n').map((line) => `      ${line}`);
}

function fileName(path: string): string {
  return path.split('/').at(-1) ?? path;
}

function markOf(state: RunState, frame: string): readonly [string, Parameters<Style>[0]] {
  if (!isTerminal(state)) return [state.lifeCycle === 'BLOCKED' ? '·' : frame, 'cyan'];
  if (isSuccess(state)) return ['✓', 'green'];
  return state.lifeCycle === 'SKIPPED' ? ['-', 'dim'] : ['✗', 'red'];
}

function lasted({ startedAt, endedAt }: Run, now: Date): string {
  if (startedAt === undefined) return '';
  return secondsText(Math.max(0, (endedAt ?? now).getTime() - startedAt.getTime()));
}
