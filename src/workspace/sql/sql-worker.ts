import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { SPARK_MODULES, type SparkRuntime } from '../spark/spark-runtime.ts';

/** What a worker says of a statement. */
export type WorkerAnswer =
  | { readonly state: 'SUCCEEDED'; readonly manifest: WorkerManifest }
  | { readonly state: 'FAILED'; readonly code: string; readonly message: string };

/** The rows of a result: their columns and the files that hold them. */
export interface WorkerManifest {
  readonly columns: readonly object[];
  readonly chunks: readonly ResultChunk[];
  readonly total_row_count: number;
  readonly total_byte_count: number;
  readonly truncated: boolean;
}

/** One file of rows; its name is the index. */
interface ResultChunk {
  readonly chunk_index: number;
  readonly row_offset: number;
  readonly row_count: number;
  readonly byte_count: number;
}

/** Executes statements in a Python process that is started on demand, kept, and started again after a crash. */
export interface SqlWorker {
  /** @param order As sql_worker.py takes it */
  execute(runtime: SparkRuntime, id: string, order: object): Promise<WorkerAnswer>;
  /** Interrupts a statement; nothing when it is not going. */
  cancel(id: string): void;
  end(): void;
}

/** @param machine PATH and LANG are taken of it */
export function sqlWorker(machine: NodeJS.ProcessEnv): SqlWorker {
  const waiting = new Map<string, (answer: WorkerAnswer) => void>();
  let child: ChildProcess | undefined;
  const lost = (gone: ChildProcess): void => {
    if (child !== gone) return;
    child = undefined;
    for (const settle of waiting.values()) settle(engineLost);
    waiting.clear();
  };
  const running = (runtime: SparkRuntime): ChildProcess => {
    if (child !== undefined) return child;
    const fresh = startWorker(runtime, machine);
    child = fresh;
    fresh.once('error', () => lost(fresh));
    fresh.once('exit', () => lost(fresh));
    fresh.stdin?.on('error', () => undefined);
    if (fresh.stdout !== null)
      createInterface(fresh.stdout).on('line', (line) => {
        const { id, ...answer } = JSON.parse(line) as WorkerAnswer & { id: string };
        waiting.get(id)?.(answer);
        waiting.delete(id);
      });
    return fresh;
  };
  return {
    execute: (runtime, id, order) =>
      new Promise((resolve) => {
        const worker = running(runtime);
        waiting.set(id, resolve);
        worker.stdin?.write(`${JSON.stringify({ ...order, op: 'execute', id })}\n`);
      }),
    cancel: (id) => {
      if (waiting.has(id)) child?.stdin?.write(`${JSON.stringify({ op: 'cancel', id })}\n`);
    },
    end: () => {
      const gone = child;
      if (gone === undefined) return;
      lost(gone);
      gone.stdin?.end();
      gone.kill('SIGKILL');
    },
  };
}

const engineLost: WorkerAnswer = {
  state: 'FAILED',
  code: 'INTERNAL_ERROR',
  message: 'The SQL engine ended while the statement was running. Run the statement again.',
};

function startWorker(runtime: SparkRuntime, machine: NodeJS.ProcessEnv): ChildProcess {
  return spawn(runtime.python, [join(SPARK_MODULES, 'sql_worker.py')], {
    env: {
      PATH: machine.PATH,
      LANG: machine.LANG ?? 'C.UTF-8',
      PYTHONUTF8: '1',
      PYTHONNOUSERSITE: '1',
      PYTHONPATH: [runtime.packages, SPARK_MODULES].join(delimiter),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}
