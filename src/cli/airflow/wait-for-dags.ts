import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WorkFailedError } from '../../core/errors.ts';
import type { BuildIndex } from '../../engines/airflow/compile/build-index.ts';
import type { AirflowApi } from '../../engines/airflow/rest/airflow-api.ts';
import { getDag, type KnownDag, listDags } from '../../engines/airflow/rest/dags.ts';
import { type ImportError, listImportErrors } from '../../engines/airflow/rest/import-errors.ts';
import type { Cli } from '../cli.ts';

const LIMIT_MS = 120_000;
/** For a Python file in which Airflow finds no DAG. */
const PYTHON_LIMIT_MS = 20_000;
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
        return dag !== undefined && isRead({ ...dag, file }, folder);
      }),
    );
    waiting = waiting.filter((_, at) => read[at] !== true);
    if (waiting.length === 0) return;
    const wanted = new Set(waiting.map(([, file]) => file));
    for (const error of await listImportErrors(api, cli.signal)) {
      const isFresh = error.at.getTime() >= changedAt(folder, error.file);
      if (wanted.has(error.file) && isFresh) throw importFailure(error, sourcesOf(index, error.file));
    }
    await cli.clock.sleep(POLL_MS, cli.signal);
  }
  throw new WorkFailedError(`Airflow has not read ${waiting.map(([id]) => id).join(', ')} in time.`, {
    code: 'HERMES_AIRFLOW_UNREAD',
    facts: { seconds: LIMIT_MS / 1_000 },
    nextStep: 'See whether its dag-processor is at work: hermes airflow status',
  });
}

/**
 * Waits until Airflow has read the Python files of a repository, as far as that can be told: one without a DAG, a module
 * that others import, leaves no trace. Answers the DAGs of all of them.
 * @throws WorkFailedError for a file that Airflow cannot load
 */
export async function waitForPythonDags(
  cli: Cli,
  api: AirflowApi,
  folder: string,
  names: readonly string[],
): Promise<readonly KnownDag[]> {
  const own = new Set(names);
  const withDags = names.filter((name) => mayHoldDags(readFileSync(join(folder, name), 'utf8')));
  for (let waited = 0; ; waited += POLL_MS) {
    for (const error of await listImportErrors(api, cli.signal))
      if (own.has(error.file) && error.at.getTime() >= changedAt(folder, error.file))
        throw importFailure(error, [`dags/${error.file}`]);
    const dags = names.length === 0 ? [] : await listDags(api, cli.signal);
    const found = dags.filter(({ file }) => own.has(file));
    const read = new Set(found.filter((dag) => isRead(dag, folder)).map(({ file }) => file));
    if (waited >= PYTHON_LIMIT_MS || withDags.every((name) => read.has(name))) return found;
    await cli.clock.sleep(POLL_MS, cli.signal);
  }
}

/** What Airflow passes over otherwise: https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#loading-dags */
function mayHoldDags(text: string): boolean {
  return /airflow/i.test(text) && /dag/i.test(text);
}

function isRead({ parsedAt, isStale, file }: KnownDag, folder: string): boolean {
  return parsedAt !== undefined && !isStale && parsedAt.getTime() >= changedAt(folder, file);
}

function changedAt(folder: string, file: string): number {
  return statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The DAG files that were compiled into one that Airflow loads. */
function sourcesOf({ dags }: BuildIndex, file: string): readonly string[] {
  const own = Object.values(dags).filter((dag) => dag.file === file);
  return [...new Set(own.map(({ source }) => source))];
}

/** What Airflow could not load, said of the DAG files that were compiled into it. */
function importFailure({ file, stackTrace }: ImportError, sources: readonly string[]): WorkFailedError {
  const from = sources.slice(0, 5).join(', ');
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
