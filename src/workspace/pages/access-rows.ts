import { printableLine } from '../../core/printable.ts';
import { grantsOf } from '../identity/permissions.ts';
import { ADMINS } from '../identity/users.ts';
import type { Database } from '../state/database.ts';

const WORDS: Readonly<Record<string, string>> = {
  CAN_VIEW: 'may view',
  CAN_MANAGE_RUN: 'may view, run and cancel',
  IS_OWNER: 'owner',
  CAN_MANAGE: 'may manage',
};

/** Who may do what with a job, for people. */
export function accessRows(db: Database, jobId: bigint) {
  const rows = grantsOf(db, 'jobs', String(jobId)).map((grant) => ({
    principal: printableLine(grant.principal),
    kind: grant.kind === 'group_name' ? 'group' : 'user',
    may: WORDS[grant.level],
  }));
  return [...rows, { principal: ADMINS, kind: 'group', may: WORDS.CAN_MANAGE }];
}
