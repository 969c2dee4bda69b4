import type { LifeCycle } from '../jobs/run-state.ts';

/** A state for people: words, and the colour class of the page. */
export interface StateWords {
  readonly words: string;
  readonly tone: 'good' | 'bad' | 'busy' | 'calm';
}

/** A state in words. `by`: who cancelled. */
export function stateWords(life: LifeCycle, result: string | null, by?: string | null): StateWords {
  switch (result) {
    case 'SUCCESS':
      return { words: 'Succeeded', tone: 'good' };
    case 'FAILED':
      return { words: 'Failed', tone: 'bad' };
    case 'TIMEDOUT':
      return { words: 'Timed out', tone: 'bad' };
    case 'CANCELED':
      return { words: by ? `Cancelled by ${by}` : 'Cancelled', tone: 'calm' };
    case 'UPSTREAM_FAILED':
      return { words: 'Not run: a task before it failed', tone: 'calm' };
    case 'UPSTREAM_CANCELED':
      return { words: 'Not run: a task before it was cancelled', tone: 'calm' };
    case 'SUCCESS_WITH_FAILURES':
      return { words: 'Succeeded with failures', tone: 'bad' };
    case 'EXCLUDED':
      return { words: 'Not run: its condition was not met', tone: 'calm' };
    case 'MAXIMUM_CONCURRENT_RUNS_REACHED':
      return { words: 'Skipped: as many runs of the job as may were active', tone: 'calm' };
    default:
      return { words: lifeWords[life], tone: life === 'BLOCKED' || life === 'QUEUED' ? 'calm' : 'busy' };
  }
}

/** A state for the narrow column of a list: without the reason. */
export function shortWords({ words }: StateWords): string {
  return words.startsWith('Cancelled') ? 'Cancelled' : (words.split(':')[0] ?? words);
}

const lifeWords: Readonly<Record<LifeCycle, string>> = {
  QUEUED: 'Waiting for room',
  BLOCKED: 'Waiting for the tasks before it',
  PENDING: 'Preparing',
  RUNNING: 'Running',
  WAITING_FOR_RETRY: 'Waiting for the next attempt',
  TERMINATING: 'Ending',
  TERMINATED: 'Ended',
  SKIPPED: 'Skipped',
  INTERNAL_ERROR: 'Failed',
};

/** `420 ms`, `12.4 s`, `3 min 05 s`, `2 h 07 min`. */
export function durationWords(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3_600)} h ${two((seconds % 3_600) / 60)} min`;
}

/** `18 kB`, `1.2 MB`; powers of ten. */
export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** `2026-11-21 09:57:34 UTC`. */
export function timeWords(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
