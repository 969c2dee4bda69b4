import type { styleText } from 'node:util';
import type { Pin } from '../../artifacts/pin.ts';
import { printable } from '../../core/printable.ts';
import { advices } from '../../databricks/runs/run-cause.ts';
import {
  type AttemptError,
  lastAttempt,
  type RunRecord,
  type TaskRecord,
} from '../../engines/local/record/run-record.ts';

/** Colours a text, or not. */
export type Style = (style: Parameters<typeof styleText>[0], text: string) => string;

const MARKS: Readonly<Record<TaskRecord['state'], readonly [mark: string, style: Parameters<Style>[0]]>> = {
  none: ['·', 'dim'],
  queued: ['…', 'cyan'],
  running: ['…', 'cyan'],
  up_for_retry: ['↻', 'yellow'],
  success: ['✓', 'green'],
  failed: ['✗', 'red'],
  upstream_failed: ['✗', 'yellow'],
  skipped: ['-', 'dim'],
};

/** `seattle_weather · dev · team weather · run manual__2026-11-21T06:00:00+00:00` */
export function headLine(record: RunRecord, style: Style): string {
  const parts = [
    style('bold', record.dagId),
    record.environment,
    `team ${record.team}`,
    `run ${record.runId}`,
  ];
  return parts.join(' · ');
}

/** `  pinned  observations 1.5.0 (latest, 3f1c2aa)  ·  monthly 1.4.0` */
export function pinLine(record: RunRecord, style: Style): string {
  const pins = record.tasks.flatMap(({ pin }) => {
    return pin === undefined ? [] : [pinText(pin)];
  });
  return `  ${style('dim', 'pinned')}  ${[...new Set(pins)].join('  ·  ') || 'nothing'}`;
}

/** `observations 1.5.0 (latest, 3f1c2aa)` */
export function pinText(pin: Pin): string {
  const how = pin.via === 'version' ? pin.commit.slice(0, 7) : `${pin.via}, ${pin.commit.slice(0, 7)}`;
  const name = sameName(pin.script, pin.project) ? pin.project : `${pin.project}/${pin.script}`;
  return `${name} ${shortVersion(pin.version)} (${how})`;
}

/** A row of the table: mark, task, state, version, duration, link. @param frame Stands for the mark while it runs. */
export function taskLine(
  record: RunRecord,
  task: TaskRecord,
  now: Date,
  style: Style,
  frame?: string,
): string {
  const [mark, colour] = MARKS[task.state];
  const width = Math.max(...record.tasks.map(({ taskId }) => taskId.length));
  const versions = Math.max(...record.tasks.map(({ pin }) => shortVersion(pin?.version ?? '').length));
  const isMoving = task.state === 'queued' || task.state === 'running';
  const parts = [
    `  ${style(colour, isMoving ? (frame ?? mark) : mark)} ${task.taskId.padEnd(width)}`,
    style(colour, stateText(task, now).padEnd(10)),
    shortVersion(task.pin?.version ?? '').padEnd(versions),
    durationText(task, now).padStart(7),
    ` ${lastAttempt(task)?.pageUrl ?? ''}`,
  ];
  return parts.join('  ').trimEnd();
}

/** The state as people know it: the workspace's own word while it has the task. */
export function stateText(task: TaskRecord, now: Date): string {
  const attempt = lastAttempt(task);
  switch (task.state) {
    case 'none':
      return 'waiting';
    case 'queued':
      return 'QUEUED';
    case 'running':
      return attempt?.remoteState ?? 'SUBMITTED';
    case 'up_for_retry':
      return `RETRY ${restText(task, now)}`;
    case 'failed':
      if (isCancelled(task)) return 'CANCELED';
      return attempt?.error?.kind === 'timed_out' ? 'TIMEDOUT' : 'FAILED';
    default:
      return task.state.toUpperCase();
  }
}

/** What a person needs to know about a task that failed, or waits for another attempt, without the table row. */
export function failureLines(
  record: RunRecord,
  task: TaskRecord,
  now: Date,
  style: Style,
): readonly string[] {
  const error = lastAttempt(task)?.error;
  if (task.state === 'up_for_retry') return retryLines(task, now, style);
  if (error === undefined || task.state !== 'failed') return [];
  const act = task.retryEnded === undefined ? whoActs(error) : RETRY_ENDED[task.retryEnded];
  return [
    ...errorLines(error.message, error.place, style),
    `      ${act}${logsHint(task)}`,
    ...(isOfProject(error) && record.environment === 'dev' ? branchHint(record, task) : []),
  ];
}

const RETRY_ENDED: Readonly<Record<NonNullable<TaskRecord['retryEnded']>, string>> = {
  interrupted: 'You interrupted it while it waited for its next attempt.',
  canceled: 'Cancelled while it waited for its next attempt.',
};

/** Why a task waits for its next attempt, and when that comes; nothing for another task. */
export function retryLines(task: TaskRecord, now: Date, style: Style): readonly string[] {
  const attempt = lastAttempt(task);
  if (task.state !== 'up_for_retry' || attempt?.error === undefined) return [];
  const next = `Attempt ${attempt.number} of ${task.retries + 1}; the next one in ${restText(task, now)}.`;
  const { message, place } = attempt.error;
  return [...errorLines(message, place, style), `      ${next}${logsHint(task)}`];
}

/** The error and where it was raised: behind a message of one line, below a longer one. */
export function errorLines(message: string, place: string | undefined, style: Style): readonly string[] {
  const lines = printable(message).trimEnd().split('\n');
  const shown = lines.map((line) => style('bold', line));
  const at = place === undefined ? [] : [style('cyan', printable(place))];
  const all = lines.length === 1 ? [[...shown, ...at].join('    ')] : [...shown, ...at];
  return all.map((line) => `      ${line}`);
}

function logsHint(task: TaskRecord): string {
  const { runId, error } = lastAttempt(task) ?? {};
  // The script did not begin: there is nothing that it could have printed.
  const isSilent = error?.kind === 'library' || error?.kind === 'request';
  return runId === undefined || isSilent ? '' : ` Last lines: hermes runs logs ${runId} --tail 50`;
}

/** The last lines on a run: how its tasks ended, and why it succeeded although some of them failed. */
export function endLines(record: RunRecord, now: Date): readonly string[] {
  const summary = summaryLine(record, now);
  return isLenient(record)
    ? [summary, 'Counts as success: its last tasks succeeded, as in Airflow.']
    : [summary];
}

/** Whether a run succeeded although tasks of it failed: Airflow, too, looks at the last ones alone. */
export function isLenient({ state, tasks }: RunRecord): boolean {
  return (
    state === 'success' && tasks.some((task) => task.state === 'failed' || task.state === 'upstream_failed')
  );
}

/** `2 tasks: 1 ok, 1 failed · 20.6s` */
function summaryLine(record: RunRecord, now: Date): string {
  const count = (...states: TaskRecord['state'][]) =>
    record.tasks.filter((task) => states.includes(task.state) && !isCancelled(task)).length;
  const isOver = record.state !== 'running';
  const parts = [
    [count('success'), 'ok'],
    [count('failed'), 'failed'],
    [record.tasks.filter(isCancelled).length, 'cancelled'],
    [count('upstream_failed', ...(isOver ? (['none'] as const) : [])), 'not run'],
    [count('skipped'), 'skipped'],
    [count('queued', 'running', 'up_for_retry', ...(isOver ? [] : (['none'] as const))), 'not finished'],
  ] as const;
  const shown = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  const total = record.tasks.length;
  const lasted = new Date(record.endedAt ?? now).getTime() - new Date(record.startedAt).getTime();
  return `${total} task${total === 1 ? '' : 's'}: ${shown.join(', ')} · ${secondsText(lasted)}`;
}

/** A feature build without the hashes that only machines need: `1.5.0+feature.new.column`. */
export function shortVersion(version: string): string {
  return version.replace(/\.h[0-9a-f]{8}\.g[0-9a-f]{8}$/, '');
}

/** The state of a run in one word. `cancelled`: a person ended it, which Airflow would call failed, too. */
export function runWord(record: RunRecord): RunRecord['state'] | 'cancelled' {
  const wasEnded = record.ended !== undefined || record.tasks.some(isCancelled);
  return record.state === 'failed' && wasEnded ? 'cancelled' : record.state;
}

/** `3.1s`, `2m 05s`, `1h 02m` */
export function secondsText(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 100) return `${seconds.toFixed(1)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${String(Math.floor(seconds % 60)).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
}

function durationText(task: TaskRecord, now: Date): string {
  const attempt = lastAttempt(task);
  if (attempt === undefined || task.state === 'none') return '';
  const end = attempt.endedAt === undefined ? now : new Date(attempt.endedAt);
  return secondsText(Math.max(0, end.getTime() - new Date(attempt.queuedAt).getTime()));
}

/** Until the next attempt of a task that waits for it. */
function restText({ retryAt }: TaskRecord, now: Date): string {
  return secondsText(Math.max(0, new Date(retryAt ?? now).getTime() - now.getTime()));
}

/** Whether a person ended the task: while it ran, or while it waited for its next attempt. */
export function isCancelled(task: TaskRecord): boolean {
  const kind = lastAttempt(task)?.error?.kind;
  const wasEnded = task.retryEnded !== undefined || kind === 'canceled' || kind === 'interrupted';
  return task.state === 'failed' && wasEnded;
}

/** Whether a change of the project can cure it. */
function isOfProject({ kind }: AttemptError): boolean {
  return kind === 'user_code' || kind === 'library';
}

function whoActs({ kind, advice }: AttemptError): string {
  return advice ?? (kind === 'interrupted' ? 'You interrupted it.' : advices[kind]);
}

function branchHint(record: RunRecord, { taskId, pin }: TaskRecord): readonly string[] {
  if (pin === undefined) return [];
  if (record.source.endsWith('.py'))
    return [`      Try a fix from a branch:  script_version="BRANCH" of ${taskId} in ${record.source}`];
  const again = record.source.startsWith('hermes run')
    ? `hermes run ${pin.project} --branch BRANCH`
    : `hermes dag run ${record.source} --set ${taskId}.script_version=BRANCH`;
  return [`      Try a fix from a branch:  ${again}`];
}

function sameName(a: string, b: string): boolean {
  return a.replaceAll('-', '_') === b.replaceAll('-', '_');
}
