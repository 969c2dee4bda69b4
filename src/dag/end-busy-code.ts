import { isMainThread, Worker, workerData } from 'node:worker_threads';

/** Which watch is on (0: none), after how many milliseconds it ends what is running, and which one did last. */
type Watch = Int32Array<SharedArrayBuffer>;
const NUMBER = 0;
const LIMIT = 1;
const ENDED = 2;

let watch: Watch | undefined;
let count = 0;

/**
 * Ends whatever keeps this thread busy without a pause for `limitMs`, as an endless loop does: no timer of the thread
 * itself could. What was awaited on the way settles without meaning, or never;
 * everything else goes on. Answers how to call it off, which tells whether something was ended.
 */
export function endBusyCode(limitMs: number): () => boolean {
  watch ??= startGuard();
  const view = watch;
  Atomics.store(view, LIMIT, limitMs);
  const number = ++count;
  set(view, number);
  return () => {
    set(view, 0);
    return Atomics.load(view, ENDED) === number;
  };
}

function startGuard(): Watch {
  const view = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  const guard = new Worker(new URL(import.meta.url), { workerData: view, execArgv: [] });
  guard.unref();
  // A machine that cannot start another thread loads its files without a guard.
  guard.on('error', () => undefined);
  return view;
}

function set(view: Watch, number: number): void {
  Atomics.store(view, NUMBER, number);
  Atomics.notify(view, NUMBER);
}

/** The thread beside: waits until a watch outlasts its limit. */
async function guardMainThread(view: Watch): Promise<never> {
  const { Session } = await import('node:inspector');
  const session = new Session();
  session.connectToMainThread();
  for (;;) {
    const number = Atomics.load(view, NUMBER);
    if (number === 0) {
      Atomics.wait(view, NUMBER, 0);
    } else if (Atomics.wait(view, NUMBER, number, Atomics.load(view, LIMIT)) === 'timed-out') {
      Atomics.store(view, ENDED, number);
      // https://chromedevtools.github.io/devtools-protocol/tot/Runtime/#method-terminateExecution
      session.post('Runtime.terminateExecution');
    }
  }
}

if (!isMainThread && workerData instanceof Int32Array)
  guardMainThread(workerData as Watch).catch(() => undefined);
