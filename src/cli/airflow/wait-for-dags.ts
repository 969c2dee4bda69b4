import { statSync } from 'node:fs';
import { join } from 'node:path';
import { WorkFailedError } from '../../core/errors.ts';
import type { BuildIndex } from '../../engines/airflow/compile/build-index.ts';
import type { AirflowApi } from '../../engines/airflow/rest/airflow-api.ts';
import { getDag } from '../../engines/airflow/rest/dags.ts';
import { type ImportError, listImportErrors } from '../../engines/airflow/rest/import-errors.ts';
import type { Cli } from '../cli.ts';

const LIMIT_MS = 120_000;
const POLL_MS = 200;

/**
 * Waits until Airflow has read the files of some DAGs as they are at present.
 * @throws WorkFailedError for a file that it cannot load, naming the DAG files that it came from
 */
export async function waitForDags(
  cli: Cli,
  api: AirflowApi,
  folder: string,
  index: BuildIndex,
  dagIds: readonly string[],
): Promise<void> {
  const files = new Map(dagIds.map((id) => [id, index.dags[id]?.file ?? '']));
  let waiting = [...files];
  for (let waited = 0; waited < LIMIT_MS; waited += POLL_MS) {
    const read = await Promise.all(
      waiting.map(async ([id, file]) => {
        const dag = await getDag(api, id, cli.signal);
        return (
          dag?.parsedAt !== undefined && !dag.isStale && dag.parsedAt.getTime() >= changedAt(folder, file)
        );
      }),
    );
    waiting = waiting.filter((_, at) => read[at] !== true);
    if (waiting.length === 0) return;
    const wanted = new Set(waiting.map(([, file]) => file));
    for (const error of await listImportErrors(api, cli.signal)) {
      const isFresh = error.at.getTime() >= changedAt(folder, error.file);
      if (wanted.has(error.file) && isFresh) throw importFailure(error, index);
    }
    await cli.clock.sleep(POLL_MS, cli.signal);
  }
  throw new WorkFailedError(`Airflow has not read ${waiting.map(([id]) => id).join(', ')} in time.`, {
    code: 'HERMES_AIRFLOW_UNREAD',
    facts: { seconds: LIMIT_MS / 1_000 },
    nextStep: 'See whether its dag-processor is at work: hermes airflow status',
  });
}

function changedAt(folder: string, file: string): number {
  return statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** What Airflow could not load, said of the DAG files that were compiled into it. */
function importFailure({ file, stackTrace }: ImportError, index: BuildIndex): WorkFailedError {
  const sources = Object.values(index.dags)
    .filter((dag) => dag.file === file)
    .map(({ source }) => source);
  const from = [...new Set(sources)].slice(0, 5).join(', ');
  return new WorkFailedError(`Airflow cannot load ${from || file}: ${lastLine(stackTrace)}`, {
    code: 'HERMES_AIRFLOW_IMPORT',
    facts: { file },
    nextStep: 'All that it says: hermes airflow status',
  });
}

/** The last line of a traceback says what went wrong. */
function lastLine(stackTrace: string): string {
  return stackTrace.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
