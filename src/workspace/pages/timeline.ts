import type { TaskRecord } from '../jobs/runs.ts';
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

/** The stretches that a task has come to, in order. The last one is open until the task has ended. */
export function timelineOf(submitted: number, task: TaskRecord, now: number): Stretch[] {
  const end = task.ended_at ?? now;
  const marks = [
    { name: 'queued', at: submitted },
    { name: 'cluster', at: task.pending_at },
    { name: 'libraries', at: task.libraries_at },
    { name: 'running', at: task.running_at },
    { name: 'ended', at: task.ending_at },
  ] as const;
  const reached = marks.filter((mark): mark is typeof mark & { at: number } => mark.at !== null);
  const whole = Math.max(1, end - submitted);
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
