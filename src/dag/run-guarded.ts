import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import { endBusyCode } from './end-busy-code.ts';

/** How long the top level of a DAG file may take: Airflow's own default (`core.dagbag_import_timeout`). */
const LOAD_LIMIT_SECONDS = 30;
/** A loop without a pause is ended a little later than a wait, so that what only waits keeps its own end. */
const BUSY_MARGIN_MS = 500;

/**
 * Runs what a DAG file does when it is loaded, so that it cannot speak or decide for the command that loads it: what it
 * prints goes to stderr, `process.exit` and a promise that nobody catches are errors of the file, and a loop without
 * end is ended.
 * @throws Error when it takes longer than the limit, calls `process.exit`, or leaves an error behind
 */
export async function runGuarded<T>(
  load: () => Promise<T>,
  clock: Clock,
  limitSeconds = LOAD_LIMIT_SECONDS,
): Promise<T> {
  const strays: unknown[] = [];
  const release = takeOver((error) => strays.push(error));
  const limit = new AbortController();
  const callOff = endBusyCode(limitSeconds * 1000 + BUSY_MARGIN_MS);
  const tooLong = new Error(`Its top level takes longer than ${limitSeconds} seconds`);
  const late = clock.sleep(limitSeconds * 1000, limit.signal).then(
    () => tooLong,
    () => undefined,
  );
  try {
    const loading = load();
    const ended = await Promise.race([loading.then(() => undefined), late]);
    if (ended !== undefined || callOff()) throw tooLong;
    // Promises that nobody catches are told when this turn is over.
    await turnOfLoop();
    if (strays.length > 0) throw strays[0];
    return await loading;
  } finally {
    callOff();
    limit.abort();
    release();
  }
}

const STRAY = ['unhandledRejection', 'uncaughtException'] as const;

function takeOver(onStray: (error: unknown) => void): () => void {
  const { exit } = process;
  const { write } = process.stdout;
  process.exit = () => {
    throw new Error('It calls process.exit, which a DAG file may not');
  };
  process.stdout.write = process.stderr.write.bind(process.stderr);
  const others = STRAY.map((event) => ({ event, listeners: process.rawListeners(event) }));
  for (const event of STRAY) process.removeAllListeners(event).on(event, onStray);
  return () => {
    process.exit = exit;
    process.stdout.write = write;
    for (const { event, listeners } of others) {
      process.off(event, onStray);
      for (const listener of listeners) process.on(event, listener as (error: unknown) => void);
    }
  };
}
