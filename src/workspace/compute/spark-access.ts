import { appendFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import type { SparkForRun } from '../spark/engines.ts';
import type { Compute } from './compute.ts';
import type { DriverFolder } from './driver.ts';

const NO_SPARK: SparkForRun = { variables: {}, modules: [] };

/**
 * Starts the engine for a task that speaks of Spark; what takes a while is told in the log. Where it cannot be started
 * the log says why, and the task runs without: it may speak of Spark and not use it.
 */
export async function reachSpark(
  { spark }: Compute,
  isMentioned: boolean,
  variables: Readonly<Record<string, string>>,
  userName: string,
  folder: DriverFolder,
): Promise<SparkForRun> {
  if (!isMentioned) return NO_SPARK;
  const say = (line: string): void => appendFileSync(folder.log, `[hermes] ${line}\n`, { mode: 0o600 });
  try {
    return await spark.forRun(variables, userName, say);
  } catch (error) {
    say(`There is no Spark in this run: ${(error as Error).message}`);
    return NO_SPARK;
  }
}

/** The variables by which a driver finds its Spark; see `reach_spark` of `driver/bootstrap.py`. */
export function sparkVariables({ variables, modules }: SparkForRun): Readonly<Record<string, string>> {
  return modules.length === 0 ? variables : { ...variables, HERMES_SPARK_MODULES: modules.join(delimiter) };
}
