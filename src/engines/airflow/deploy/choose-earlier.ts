import { ConfigError } from '../../../core/errors.ts';
import type { DeployRecord } from './deploy-record.ts';

/**
 * The deploy that a rollback puts back: the one named, else the latest before the one whose files stand that had others.
 * Going back twice so leads two builds back.
 * @param history The newest first
 * @throws ConfigError (`HERMES_NO_DEPLOY`) for a number that is not there, or when nothing is before
 */
export function chooseEarlier(
  history: readonly DeployRecord[],
  current: DeployRecord | undefined,
  wanted: number | undefined,
): DeployRecord {
  const found =
    wanted === undefined
      ? history.find((record) => isBefore(record, current))
      : history.find(({ number }) => number === wanted);
  if (found !== undefined) return found;
  const known = history.slice(0, 10).map(({ number }) => number);
  throw new ConfigError(
    wanted === undefined
      ? 'Cannot roll back: no deploy with other DAGs came before the one that stands.'
      : `Cannot roll back to deploy ${wanted}: there is no such deploy. The last ones: ${known.join(', ') || 'none'}.`,
    { code: 'HERMES_NO_DEPLOY', nextStep: 'See them all with: hermes airflow deploys' },
  );
}

function isBefore(record: DeployRecord, current: DeployRecord | undefined): boolean {
  if (current === undefined) return true;
  const standsSince = current.restores ?? current.number;
  return record.number < standsSince && record.restores === undefined && record.build !== current.build;
}
