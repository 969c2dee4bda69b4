import type { Clock } from '../core/clock.ts';

/** How long the top level of a DAG file may take: Airflow's own default (`core.dagbag_import_timeout`). */
const LOAD_LIMIT_SECONDS = 30;

/**
 * Runs what a DAG file does when it is loaded, so that it cannot speak or decide for the command that loads it: what it
 * prints goes to stderr, and `process.exit` is an error of the file.
 * @throws Error when it takes longer than half a minute, or calls `process.exit`
 */
export async function runGuarded<T>(load: () => Promise<T>, clock: Clock): Promise<T> {
  const release = takeOver();
  const limit = new AbortController();
  const late = clock.sleep(LOAD_LIMIT_SECONDS * 1000, limit.signal).then(
    () => new Error(`Its top level takes longer than ${LOAD_LIMIT_SECONDS} seconds`),
    () => undefined,
  );
  try {
    const loading = load();
    const ended = await Promise.race([loading.then(() => undefined), late]);
    if (ended !== undefined) throw ended;
    return await loading;
  } finally {
    limit.abort();
    release();
  }
}

function takeOver(): () => void {
  const { exit } = process;
  const { write } = process.stdout;
  process.exit = () => {
    throw new Error('It calls process.exit, which a DAG file may not');
  };
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return () => {
    process.exit = exit;
    process.stdout.write = write;
  };
}
