import type { LogEntry } from '../../engines/airflow/rest/task-log.ts';

const FOLD = /^::group::/;
const END = '::endgroup::';

/** Loggers of what a task prints, and of its operator. */
const OF_TASK = /^(task\.std|airflow\.task\.)/;

/** What Airflow returns of a first task, as one line of a thousand characters; Hermes prints it better itself. */
const RETURNED = /^Done\. Returned value was: /;

/** The lines of a task's log that are about the task, not about how Airflow sets it up and takes it down. Pure. */
export function usefulLog(entries: readonly LogEntry[]): readonly LogEntry[] {
  let isFolded = false;
  return entries.filter((entry) => {
    const { event, level, logger } = entry;
    if (FOLD.test(event) || event === END) {
      isFolded = event !== END;
      return false;
    }
    if (/^(error|critical)$/.test(level) || OF_TASK.test(logger ?? '')) return !RETURNED.test(event);
    return !isFolded && logger !== 'py.warnings';
  });
}

/** All lines but the marks by which Airflow's pages fold them. Pure. */
export function wholeLog(entries: readonly LogEntry[]): readonly LogEntry[] {
  return entries.filter(({ event }) => !FOLD.test(event) && event !== END);
}
