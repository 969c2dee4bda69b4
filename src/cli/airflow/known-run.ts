import { ConfigError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { AirflowApi } from '../../engines/airflow/rest/airflow-api.ts';
import { type AirflowRun, getRun, listRuns } from '../../engines/airflow/rest/dag-runs.ts';
import { getDag, listDags } from '../../engines/airflow/rest/dags.ts';
import type { Cli } from '../cli.ts';

/** So many ids stand in a message. */
const SHOWN = 5;

/**
 * A run of a DAG on Airflow.
 * @param run Its id, or `last`
 * @param others What else could have been meant by the DAG's id
 * @throws ConfigError with the DAGs, or the runs, that there are
 */
export async function requireRun(
  cli: Cli,
  api: AirflowApi,
  dagId: string,
  run: string,
  others: readonly string[] = [],
): Promise<AirflowRun> {
  if ((await getDag(api, dagId, cli.signal)) === undefined) throw await unknownDag(cli, api, dagId, others);
  const latest = await listRuns(api, dagId, SHOWN, cli.signal);
  const [last] = latest;
  if (last === undefined)
    throw new ConfigError(`DAG ${dagId} has not run on this Airflow yet.`, {
      code: 'HERMES_UNKNOWN_RUN',
      nextStep: `Run it: hermes airflow run ${dagId}`,
    });
  if (run === 'last') return last;
  try {
    return await getRun(api, dagId, run, cli.signal);
  } catch (error) {
    if (!(error instanceof ConfigError) || error.code !== 'HERMES_AIRFLOW_NOT_FOUND') throw error;
    const ids = latest.map(({ runId }) => runId);
    throw new ConfigError(`DAG ${dagId} has no run ${run} on this Airflow. Its latest: ${ids.join(', ')}.`, {
      code: 'HERMES_UNKNOWN_RUN',
      nextStep: didYouMean(run, ids) ?? 'Name one of them, or last.',
    });
  }
}

async function unknownDag(
  cli: Cli,
  api: AirflowApi,
  dagId: string,
  others: readonly string[],
): Promise<ConfigError> {
  const ids = (await listDags(api, cli.signal)).map((dag) => dag.dagId);
  const processes = others.length === 0 ? '' : ` Processes: ${others.join(', ')}.`;
  return new ConfigError(
    `There is no DAG ${dagId} on this Airflow. DAGs: ${ids.join(', ') || 'none'}.${processes}`,
    {
      code: 'HERMES_WHICH_DAG',
      nextStep: didYouMean(dagId, [...ids, ...others]) ?? 'Name one of them.',
    },
  );
}
