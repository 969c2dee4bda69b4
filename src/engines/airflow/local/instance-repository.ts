import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../../../core/errors.ts';
import { isAlive, readInstance } from './instance-state.ts';
import { readPrivately, writePrivately } from './private-file.ts';

const FILE = 'repository.json';
const schema = z.object({ folder: z.string() });

/** The folder of the repository whose DAGs an Airflow of this machine holds; undefined before it was given any. */
export function repositoryOf(instance: string): string | undefined {
  return schema.safeParse(readPrivately(join(instance, FILE))).data?.folder;
}

/**
 * Makes an Airflow that of a repository. One that is up stays with the repository that it has: its runs would lose their
 * DAGs.
 * @param instance The folder of the Airflow
 * @param down The command that stops it
 * @returns the repository that had it before, if it was another one
 * @throws ConfigError while it is up for another one
 */
export function claimInstance(instance: string, repository: string, down: string): string | undefined {
  const before = repositoryOf(instance);
  if (before === repository) return undefined;
  const isUp = readInstance(instance)?.processes.some(isAlive) === true;
  if (before !== undefined && isUp && existsSync(before))
    throw new ConfigError(`Cannot use this Airflow: it is up with the DAGs of ${before}.`, {
      code: 'HERMES_AIRFLOW_REPOSITORY',
      facts: { repository },
      nextStep: `It holds those of one repository at a time. Stop it first, here or there: ${down}`,
    });
  writePrivately(join(instance, FILE), { folder: repository });
  return before;
}
