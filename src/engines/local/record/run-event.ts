import type { RunRecord, TaskRecord } from './run-record.ts';

/** What happens in a DAG run, for whoever shows it. */
export type RunEvent =
  /** Artifacts are pinned and the record is written; nothing is submitted yet. */
  | { readonly type: 'started'; readonly record: RunRecord; readonly resumed: boolean }
  /** A task has another state, link or attempt. */
  | { readonly type: 'task'; readonly task: TaskRecord; readonly record: RunRecord }
  /** Something to know that changes no state: a poll that failed, a cancel that is under way. */
  | { readonly type: 'note'; readonly message: string; readonly taskId?: string }
  | { readonly type: 'ended'; readonly record: RunRecord };
