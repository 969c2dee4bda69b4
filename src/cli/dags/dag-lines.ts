import { sortNodes } from '../../dag/check-graph.ts';
import type { Dag } from '../../dag/dag.ts';
import type { DagDescription, TaskDescription } from '../../dag/describe-dag.ts';
import { describeSchedule } from '../../dag/describe-schedule.ts';
import { nextRuns } from '../../dag/schedule.ts';

/** An instant on the clock of a time zone: `2026-11-22 06:00 GMT+1`. */
export function wallClock(instant: Date, timezone: string): string {
  const zone = { timeZone: timezone };
  const time = new Intl.DateTimeFormat('sv-SE', { ...zone, dateStyle: 'short', timeStyle: 'short' });
  const name = new Intl.DateTimeFormat('en', { ...zone, timeZoneName: 'short' })
    .formatToParts(instant)
    .find((part) => part.type === 'timeZoneName');
  return `${time.format(instant)} ${name?.value ?? timezone}`;
}

/** `every day at 06:00, Europe/Madrid`. */
export function scheduleWords(dag: Dag): string {
  const { schedule = null, timezone = 'UTC' } = dag.options;
  return schedule === null ? describeSchedule(null) : `${describeSchedule(schedule)}, ${timezone}`;
}

/** When the schedule starts the DAG next, after `now`. */
export function upcoming(dag: Dag, now: Date, count: number): Date[] {
  const { schedule = null, timezone = 'UTC', startDate, endDate } = dag.options;
  const start = startDate === undefined ? {} : { startDate };
  const end = endDate === undefined ? {} : { endDate };
  return nextRuns({ schedule, timezone, ...start, ...end }, now, count);
}

/** A line of a drawn graph. */
export interface TreeLine {
  readonly branch: string;
  readonly task: TaskDescription;
  /** Upstream tasks beside the one under which the task is drawn. */
  readonly alsoAfter: readonly string[];
}

/** Draws a graph as a tree: each task stands once, below the last of the tasks that it waits for. */
export function drawTasks(description: DagDescription): TreeLine[] {
  const sorted = sortNodes(
    description.tasks.map((task) => ({ id: task.taskId, upstream: task.upstream, task })),
  );
  const order = sorted.map(({ id }) => id);
  const parents = new Map(
    sorted.map(({ id, upstream }) => [id, order.findLast((other) => upstream.includes(other))]),
  );
  const below = (parent: string | undefined, indent: string): TreeLine[] => {
    const children = sorted.filter(({ id }) => parents.get(id) === parent);
    return children.flatMap(({ id, task }, index) => {
      const isLast = index === children.length - 1;
      const branch = parent === undefined ? '' : `${indent}${isLast ? '└─ ' : '├─ '}`;
      const deeper = parent === undefined ? '' : `${indent}${isLast ? '   ' : '│  '}`;
      const alsoAfter = task.upstream.filter((other) => other !== parent);
      return [{ branch, task, alsoAfter }, ...below(id, deeper)];
    });
  };
  return below(undefined, '');
}
