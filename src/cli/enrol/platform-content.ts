import { findPlatformFile } from '../../config/find-platform-file.ts';
import type { EnvironmentContent } from './complete-files.ts';

/**
 * What a team's repository of DAGs is to hold from the start, by the nearest file of the platform upwards: its
 * variables, and where Airflow reads. A variable whose policy has to be made is left to `hermes enrol`, which makes it.
 */
export async function readPlatformContent(
  folder: string,
  team: string,
): Promise<readonly EnvironmentContent[]> {
  const path = findPlatformFile(folder);
  if (path === undefined) return [];
  const { readPlatformFile } = await import('../../config/platform-file.ts');
  const { environments } = readPlatformFile(path, folder, [team]);
  return environments.map(({ name, variableOf, airflowOf, policyFile }) => {
    const airflow = airflowOf?.(team);
    return {
      name,
      ...(policyFile === undefined ? { variable: variableOf(team) } : {}),
      ...(airflow === undefined ? {} : { airflow }),
    };
  });
}
