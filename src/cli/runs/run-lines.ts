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
      return `RETRY ${secondsText(Math.max(0, new Date(task.retryAt ?? now).getTime() - now.getTime()))}`;
    case 'failed':
      return attempt?.error?.kind === 'timed_out'
        ? 'TIMEDOUT'
        : isEnded(attempt?.error)
          ? 'CANCELED'
          : 'FAILED';
    default:
      return task.state.toUpperCase();
  }
}

/** What a person needs to know about a task that failed, without the table row. */
export function failureLines(record: RunRecord, task: TaskRecord, style: Style): readonly string[] {
  const attempt = lastAttempt(task);
  const error = attempt?.error;
  if (error === undefined || task.state !== 'failed') return [];
  const place = error.place === undefined ? '' : `    ${style('cyan', error.place)}`;
  return [
    `      ${style('bold', printable(error.message).split('\n').join('\n      '))}${place}`,
    `      ${whoActs(error)}${attempt?.runId === undefined ? '' : ` Last lines: ${logsCommand(attempt.runId)}`}`,
    ...(isOfProject(error) && record.environment === 'dev' ? branchHint(record, task) : []),
  ];
}

/** `2 tasks: 1 ok, 1 failed · 20.6s` */
export function summaryLine(record: RunRecord, now: Date): string {
  const count = (...states: TaskRecord['state'][]) =>
    record.tasks.filter(({ state }) => states.includes(state)).length;
  const parts = [
    [count('success'), 'ok'],
    [count('failed'), 'failed'],
    [count('upstream_failed'), 'not run'],
    [count('skipped'), 'skipped'],
    [count('none', 'queued', 'running', 'up_for_retry'), 'not finished'],
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

function isEnded(error: AttemptError | undefined): boolean {
  return error?.kind === 'canceled' || error?.kind === 'interrupted';
}

/** Whether a change of the project can cure it. */
function isOfProject({ kind }: AttemptError): boolean {
  return kind === 'user_code' || kind === 'library';
}

function whoActs({ kind, advice }: AttemptError): string {
  return advice ?? (kind === 'interrupted' ? 'You interrupted it.' : advices[kind]);
}

function logsCommand(runId: string): string {
  return `hermes runs logs ${runId} --tail 50`;
}

function branchHint(record: RunRecord, { taskId, pin }: TaskRecord): readonly string[] {
  if (pin === undefined) return [];
  const again = record.source.startsWith('hermes run')
    ? `hermes run ${pin.project} --branch BRANCH`
    : `hermes dag run ${record.source} --set ${taskId}.script_version=BRANCH`;
  return [`      Try a fix from a branch:  ${again}`];
}

function sameName(a: string, b: string): boolean {
  return a.replaceAll('-', '_') === b.replaceAll('-', '_');
}
