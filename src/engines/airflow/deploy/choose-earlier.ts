import { ConfigError } from '../../../core/errors.ts';
import type { DeployRecord } from './deploy-record.ts';
import { standsSince } from './plan-deploy.ts';

/**
 * The deploy that a rollback puts back: the one named, else the latest before the one whose files stand that had others.
 * Going back twice so leads two builds back; a rollback is undone by the number of what it left.
 * @param history The newest first
 * @param where Options by which a command finds the same place, for next steps: ` --env prod`
 * @throws ConfigError (`HERMES_NO_DEPLOY`) for a number that is not there, or when nothing is before
 */
export function chooseEarlier(
  history: readonly DeployRecord[],
  current: DeployRecord | undefined,
  wanted: number | undefined,
  where = '',
): DeployRecord {
  const found =
    wanted === undefined
      ? history.find((record) => isBefore(record, current))
      : history.find(({ number }) => number === wanted);
  if (found !== undefined) return found;
  const known = history.slice(0, 10).map(({ number }) => number);
  const left = wanted === undefined ? deployThatWasLeft(history, current) : undefined;
  const seeAll = `See them all with: hermes airflow deploys${where}`;
  throw new ConfigError(
    wanted === undefined
      ? 'Cannot roll back: no deploy with other DAGs came before the one that stands.'
      : `Cannot roll back to deploy ${wanted}: there is no such deploy. The last ones: ${known.join(', ') || 'none'}.`,
    {
      code: 'HERMES_NO_DEPLOY',
      nextStep:
        left === undefined
          ? seeAll
          : `What stands is a rollback. To undo it, name the deploy that it left: hermes airflow rollback ${left}${where} --reason "…"`,
    },
  );
}

/** Number of the deploy whose DAGs stood before a rollback; undefined when what stands is none. */
function deployThatWasLeft(
  history: readonly DeployRecord[],
  current: DeployRecord | undefined,
): number | undefined {
  if (current?.restores === undefined) return undefined;
  return history.find(({ number, build }) => number < current.number && build !== current.build)?.number;
}

/** Before the deploy that brought what stands: what it left counts, also where that was a rollback. */
function isBefore(record: DeployRecord, current: DeployRecord | undefined): boolean {
  if (current === undefined) return true;
  return record.number < standsSince(current) && record.build !== current.build;
}
