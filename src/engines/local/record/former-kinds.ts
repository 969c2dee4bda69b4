import type { AttemptError, RunRecord } from './run-record.ts';

/** Kinds that records of version 1.0 may hold, in the words of the present ones. */
const formerKinds: Readonly<Record<string, AttemptError['kind']>> = {
  raised: 'user_code',
  ended: 'user_code',
  libraries: 'library',
  refused: 'request',
  timeout: 'timed_out',
  platform: 'databricks',
};

/** Pure: the record with every kind of error in the present words. */
export function withPresentKinds(record: RunRecord): RunRecord {
  const errors = record.tasks.flatMap(({ attempts }) => attempts.flatMap(({ error }) => error ?? []));
  if (!errors.some(({ kind }) => Object.hasOwn(formerKinds, kind))) return record;
  return {
    ...record,
    tasks: record.tasks.map((task) => ({
      ...task,
      attempts: task.attempts.map((attempt) =>
        attempt.error === undefined ? attempt : { ...attempt, error: present(attempt.error) },
      ),
    })),
  };
}

function present(error: AttemptError): AttemptError {
  return { ...error, kind: formerKinds[error.kind] ?? error.kind };
}
