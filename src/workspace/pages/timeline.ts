import { type RunRecord, requestOf, type TaskRecord } from '../jobs/runs.ts';
import { durationWords } from './words.ts';

/** One stretch of a run's life. */
export interface Stretch {
  readonly name: 'queued' | 'cluster' | 'libraries' | 'running' | 'ended';
  readonly duration: string;
  /** Width class of the bar, by its share of the whole. */
  readonly grow: 'g1' | 'g2' | 'g3' | 'g4' | 'g5';
  /** Still going. */
  readonly isOpen: boolean;
}

/** Since when an attempt could have begun, in epoch milliseconds: not while it waited for other tasks or between attempts. */
export function queuedSince(run: RunRecord, task: TaskRecord): number | null {
  const isFirst = task.attempt === 0 && requestOf(task).dependsOn.length === 0;
  return isFirst ? run.submitted : task.queued_at;
}

/** The stretches that an attempt has come to, in order. The last one is open until it has ended. */
export function timelineOf(run: RunRecord, task: TaskRecord, now: number): Stretch[] {
  const end = task.ended_at ?? now;
  const marks = [
    { name: 'queued', at: queuedSince(run, task) },
    { name: 'cluster', at: task.pending_at },
    { name: 'libraries', at: task.libraries_at },
    { name: 'running', at: task.running_at },
    { name: 'ended', at: task.ending_at },
  ] as const;
  const reached = marks.filter((mark): mark is typeof mark & { at: number } => mark.at !== null);
  const whole = Math.max(1, end - (reached[0]?.at ?? end));
  return reached.map(({ name, at }, index) => {
    const milliseconds = Math.max(0, (reached[index + 1]?.at ?? end) - at);
    return {
      name,
      duration: durationWords(milliseconds),
      grow: growOf(milliseconds / whole),
      isOpen: task.ended_at === null && index === reached.length - 1,
    };
  });
}

function growOf(share: number): Stretch['grow'] {
  if (share < 0.02) return 'g1';
  if (share < 0.1) return 'g2';
  if (share < 0.3) return 'g3';
  return share < 0.6 ? 'g4' : 'g5';
}
