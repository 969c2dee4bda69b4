import { type JsonObject, parseJson } from '../../core/json.ts';
import { findRun } from '../identity/access.ts';
import { grantsOf } from '../identity/permissions.ts';
import type { Identity } from '../identity/users.ts';
import type { StoredRun } from './new-run.ts';
import { startJob } from './run-now.ts';
import { readOverrides } from './run-overrides.ts';
import type { RunRecord } from './runs.ts';
import { savedJob } from './saved-jobs.ts';
import { type SubmitOptions, submitRun } from './submit.ts';

/**
 * Starts what a run was sent as another run, for someone who may start and cancel it. A submitted run is submitted again
 * by that person, with the access list that it has; a run of a saved job is started with the same parameters.
 * @throws ApiError when the person may not, or may not use the policy
 */
export function runAgain(runId: bigint, who: Identity, options: SubmitOptions): StoredRun {
  const { run } = findRun(options.db, runId, who, 'CAN_MANAGE_RUN');
  if (run.trigger_kind !== null)
    return startJob(
      savedJob(options.db, run.job_id),
      { creator: who.userName, trigger: 'ONE_TIME', overrides: readOverrides(run.overrides) },
      options,
    );
  return submitRun(submittedAgain(run, who, options), who, options);
}

function submittedAgain(run: RunRecord, who: Identity, { db }: SubmitOptions): JsonObject {
  const { idempotency_token: _used, run_as: _other, ...body } = parseJson(run.request) as JsonObject;
  const access_control_list = grantsOf(db, 'jobs', String(run.job_id))
    .filter((grant) => grant.kind === 'group_name' || grant.principal !== who.userName)
    .map(({ kind, principal, level }) => ({
      [kind]: principal,
      // The owner of the run before keeps every right but that of the owner.
      permission_level: level === 'IS_OWNER' ? 'CAN_MANAGE' : level,
    }));
  return { ...body, access_control_list };
}
