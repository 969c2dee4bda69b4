import { redact } from '../../core/redaction.ts';
import { findTagClashes, parseTag } from '../../core/tags.ts';
import type { Statsd } from '../../telemetry/statsd.ts';
import type { TaskTags } from '../../telemetry/task-tags.ts';
import type { RunEvent } from './record/run-event.ts';
import type { Attempt, RunRecord, TaskRecord } from './record/run-record.ts';

/** Tags that the platform gives to all metrics of a team in the environment of the run. */
export type TeamTags = (team: string) => readonly string[];

/**
 * Follows the events of DAG runs and sends what they tell as metrics: each Databricks run when it starts and when it
 * ends, how long its parts took, and an event for each that failed. Tags are those of the task, never an id or a date.
 */
export function measureRuns(statsd: Statsd, teamTags: TeamTags): (event: RunEvent) => void {
  const started = new Set<string>();
  const finished = new Set<string>();
  // What another process has told already.
  const know = (record: RunRecord): void => {
    for (const task of record.tasks)
      for (const attempt of task.attempts) {
        if (attempt.runId !== undefined) started.add(keyOf(task, attempt));
        if (attempt.endedAt !== undefined) finished.add(keyOf(task, attempt));
      }
  };
  const measure = (task: TaskRecord, record: RunRecord): void => {
    const attempt = task.attempts.at(-1);
    if (attempt === undefined) return;
    const key = keyOf(task, attempt);
    const tags = metricTags(task, record, teamTags(task.plan.team));
    if (attempt.runId !== undefined && !started.has(key)) {
      started.add(key);
      statsd.metric({ name: 'hermes.run.started', type: 'count', value: 1, tags });
    }
    if (finished.has(key) || !isOver(task, attempt)) return;
    finished.add(key);
    sendEnd(statsd, task, attempt, tags);
    if (attempt.error !== undefined) sendFailure(statsd, task, attempt, record, tags);
  };
  return (event) => {
    if (event.type === 'started') know(event.record);
    if (event.type === 'task') measure(event.task, event.record);
  };
}

function keyOf({ taskId }: TaskRecord, { number }: Attempt): string {
  return `${taskId}/${number}`;
}

/** The end is known before its reason. */
function isOver({ state }: TaskRecord, { endedAt, error }: Attempt): boolean {
  return endedAt !== undefined && (state === 'success' || error !== undefined);
}

function sendEnd(statsd: Statsd, { state }: TaskRecord, attempt: Attempt, tags: TaskTags): void {
  const { error, durations = {}, queuedAt, endedAt = queuedAt } = attempt;
  const wholeMs = durations.wholeMs ?? Math.max(0, Date.parse(endedAt) - Date.parse(queuedAt));
  const outcome =
    state === 'success' ? { outcome: 'success' } : { outcome: 'failed', cause: error?.kind ?? 'unknown' };
  const ended = { ...tags, ...outcome };
  statsd.metric({ name: 'hermes.run.finished', type: 'count', value: 1, tags: ended });
  const times = { duration: wholeMs, queue: durations.queueMs, cluster_start: durations.setupMs };
  for (const [part, milliseconds] of Object.entries(times)) {
    if (milliseconds === undefined) continue;
    const value = milliseconds / 1000;
    statsd.metric({ name: `hermes.run.${part}_seconds`, type: 'distribution', value, tags: ended });
  }
}

function sendFailure(
  statsd: Statsd,
  task: TaskRecord,
  { error, number, pageUrl }: Attempt,
  record: RunRecord,
  tags: TaskTags,
): void {
  const name = `${record.dagId}.${task.taskId}`;
  const lines = [
    [error?.message, error?.place].filter((part) => part !== undefined).join('  '),
    error?.advice,
    pageUrl,
    `DAG run ${record.runId}, attempt ${number} of ${task.retries + 1}, version ${task.pin?.version ?? 'none'}`,
  ];
  statsd.event({
    title: `${name} failed in ${record.environment}: ${error?.kind ?? 'unknown'}`,
    text: redact(lines.filter((line) => line !== undefined).join('\n')),
    key: name,
    alert: 'error',
    tags: { ...tags, cause: error?.kind ?? 'unknown' },
  });
}

/** The task's tags, Datadog's own three, and those of the team; only what has few values. */
function metricTags({ plan, pin }: TaskRecord, record: RunRecord, teamTags: readonly string[]): TaskTags {
  const tags = plan.tags ?? {};
  const ours = {
    env: record.environment,
    service: tags.project ?? tags.dag ?? 'hermes',
    ...(pin === undefined ? {} : { version: shownVersion(pin.version) }),
    ...tags,
  };
  const clashing = new Set(
    findTagClashes(
      teamTags,
      Object.entries(ours).map(([key, value]) => `${key}:${value}`),
    ).map(({ index }) => index),
  );
  const others = teamTags.filter((_, index) => !clashing.has(index)).flatMap((text) => parseTag(text) ?? []);
  return { ...ours, ...Object.fromEntries(others.map(({ key, value }) => [key, value])) };
}

/** Builds of branches are without number: they share a value. */
function shownVersion(version: string): string {
  return version.includes('+') ? 'branch' : version;
}
