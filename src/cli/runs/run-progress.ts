import type { Clock } from '../../core/clock.ts';
import type { RunEvent } from '../../engines/local/record/run-event.ts';
import { lastAttempt, type RunRecord, type TaskRecord } from '../../engines/local/record/run-record.ts';
import { eventObject } from './run-json.ts';
import {
  endLines,
  failureLines,
  headLine,
  pinLine,
  retryLines,
  type Style,
  stateText,
  taskLine,
} from './run-lines.ts';
import { spinnerMark } from './spinner-mark.ts';

/** Where progress goes. */
export interface ProgressOutput {
  readonly style: Style;
  readonly print: (line: string) => void;
  readonly object: (value: unknown) => void;
  readonly note: (line: string) => void;
  /** Replaces what it drew before; absent where nobody watches. */
  readonly redraw?: (text: string) => void;
  /** Takes away what was drawn last. */
  readonly clear?: () => void;
  /** Rows that fit on the screen; absent where it does not matter. */
  readonly height?: () => number;
}

/** Shows a run as it goes: a live table on a terminal, else one line per change; objects with `--json`. */
export interface Progress {
  readonly onEvent: (event: RunEvent) => void;
  /** Call it a few times per second: moves the spinner and the durations. */
  readonly tick: () => void;
}

export function createProgress(output: ProgressOutput, clock: Clock): Progress {
  let record: RunRecord | undefined;
  let frame = 0;
  /** The task whose row is the last line that was printed: what follows is read as its own. */
  let lastRow: string | undefined;
  const shown = new Map<string, string>();

  const printRow = (task: TaskRecord, current: RunRecord): void => {
    output.print(taskLine(current, task, clock.now(), output.style));
    lastRow = task.taskId;
  };
  const printReason = (task: TaskRecord, lines: readonly string[], current: RunRecord): void => {
    if (lastRow !== task.taskId) printRow(task, current);
    for (const line of lines) output.print(line);
    lastRow = undefined;
  };
  const draw = (): void => {
    if (record === undefined) return;
    const current = record;
    const now = clock.now();
    const rows = current.tasks.map((task) => taskLine(current, task, now, output.style, spinnerMark(frame)));
    const full = current.tasks.flatMap((task, index) => [
      rows[index] ?? '',
      ...retryLines(task, now, output.style).flatMap((line) => line.split('\n')),
    ]);
    const height = output.height?.() ?? full.length;
    const fitting = full.length <= height ? full : fittingRows(current.tasks, rows, height);
    output.redraw?.(fitting.join('\n'));
  };
  const change = (task: TaskRecord, current: RunRecord): void => {
    const line = taskLine(current, task, clock.now(), output.style);
    const word = task.state === 'up_for_retry' ? task.state : stateText(task, clock.now());
    const picture = [task.state, word, line.split(' ').at(-1), task.attempts.length].join(' ');
    if (isWorthALine(task) && shown.get(task.taskId) !== picture) {
      printRow(task, current);
      const reason = retryLines(task, clock.now(), output.style);
      if (reason.length > 0) printReason(task, reason, current);
    }
    shown.set(task.taskId, picture);
  };
  const end = (ended: RunRecord): void => {
    output.clear?.();
    if (output.redraw !== undefined) for (const task of ended.tasks) printRow(task, ended);
    for (const task of ended.tasks) {
      const lines = failureLines(ended, task, clock.now(), output.style);
      if (lines.length > 0) printReason(task, lines, ended);
    }
    for (const line of endLines(ended, clock.now())) output.print(line);
  };

  return {
    tick: () => {
      frame++;
      draw();
    },
    onEvent: (event) => {
      output.object(eventObject(event));
      if (event.type === 'note') {
        lastRow = undefined;
        return output.note(event.taskId === undefined ? event.message : `${event.taskId}: ${event.message}`);
      }
      record = event.record;
      if (event.type === 'started') {
        output.print(headLine(record, output.style));
        output.print(pinLine(record, output.style));
      }
      if (output.redraw !== undefined) draw();
      else if (event.type === 'task') change(event.task, record);
      if (event.type === 'ended') end(record);
    },
  };
}

/** The rows that there is room for, what moves before what waits or has ended, and how many are left out. */
function fittingRows(
  tasks: readonly TaskRecord[],
  rows: readonly string[],
  height: number,
): readonly string[] {
  if (rows.length <= height) return rows;
  const isMoving = ({ state }: TaskRecord): boolean => ['queued', 'running', 'up_for_retry'].includes(state);
  const places = tasks.map((_, index) => index);
  const moving = places.filter((index) => isMoving(tasks[index] as TaskRecord));
  const others = places.filter((index) => !moving.includes(index));
  const kept = [...moving, ...others].slice(0, Math.max(0, height - 1)).sort((a, b) => a - b);
  return [...kept.map((index) => rows[index] ?? ''), `  … ${rows.length - kept.length} more tasks`];
}

/** A submit shows with its link, and an end with its outcome, a moment later. */
function isWorthALine(task: TaskRecord): boolean {
  const attempt = lastAttempt(task);
  if (task.state === 'none' || task.state === 'queued') return false;
  return task.state !== 'running' || (attempt?.pageUrl !== undefined && attempt.endedAt === undefined);
}
