import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { linuxBootId } from '../../core/linux-process.ts';
import { packageRoot } from '../../core/package-root.ts';
import { processIdentity, sweepGroup } from '../../core/process-group.ts';
import { brokenTask, type Ending, succeeded, userFailure } from '../jobs/run-state.ts';

/** The folder of one task run and what lies in it. */
export interface DriverFolder {
  readonly root: string;
  /** stdout and stderr of the driver, in the order in which they were written. */
  readonly log: string;
  readonly result: string;
  /** A file that the driver makes when it gets the word to begin. */
  readonly begun: string;
  readonly script: string;
  readonly work: string;
}

/** What the driver runs; see `driver/bootstrap.py`. */
export interface DriverWork {
  readonly kind: 'script' | 'wheel' | 'notebook';
  /** The script's file, the package's name, or the file that tells of the notebook. */
  readonly target: string;
  /** The command line; that of a wheel begins with the name of its entry point. */
  readonly parameters: readonly string[];
}

export interface DriverStart {
  readonly folder: DriverFolder;
  readonly python: string;
  /** Folder put before PATH, of the environment with the wheels. */
  readonly bin?: string;
  /** Folder of modules, put before those that the cluster's PYTHONPATH names. */
  readonly modules?: string;
  readonly work: DriverWork;
  /** File that says what the driver may touch, see `driver/hermes_sandbox.py`. */
  readonly sandbox: string;
  /** Whether the driver ends when this process is gone; otherwise it goes on, to be adopted. */
  readonly leashed: boolean;
  /** PATH and LANG are taken from here, nothing else: the server's own variables may hold secrets. */
  readonly machine: NodeJS.ProcessEnv;
  /** What the cluster sets: `spark_env_vars` and Databricks' own. */
  readonly variables: Readonly<Record<string, string>>;
}

/** How a process ended; `lost` when it was not ours to wait for. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lost?: true;
}

export interface Driver {
  /** Also the id of its process group. */
  readonly pid: number;
  readonly process: string | undefined;
  readonly exited: Promise<Exit>;
  /** Lets the code begin. A driver whose starter dies before that ends without having run anything. */
  readonly go: () => void;
}

/** A driver that another server started. */
export type AdoptedDriver = Omit<Driver, 'go'>;

const BOOTSTRAP = join(packageRoot, 'src', 'workspace', 'compute', 'driver', 'bootstrap.py');
// What bootstrap.py waits for on its standard input.
const FREE = 'f';
const LEASHED = 'l';
const ADOPTED_POLL_MS = 100;

export function driverFolder(workspace: string, taskRunId: bigint): DriverFolder {
  const root = join(workspace, 'runs', String(taskRunId));
  return {
    root,
    log: join(root, 'driver.log'),
    result: join(root, 'result.json'),
    begun: join(root, 'begun'),
    script: join(root, 'script'),
    work: join(root, 'work'),
  };
}

/**
 * Starts Python in a process group of its own, with its output going straight to the log. It waits for `go` before it
 * touches the code, so that a driver is on record before it does anything.
 * @throws when it cannot be started
 */
export function startDriver(start: DriverStart): Driver {
  const { folder } = start;
  const home = join(folder.root, 'home');
  const temporary = join(folder.root, 'tmp');
  for (const path of [folder.work, home, temporary]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const output = openSync(folder.log, 'a', 0o600);
  try {
    const { kind, target, parameters } = start.work;
    const words = ['-S', BOOTSTRAP, folder.result, start.sandbox, kind, target, ...parameters];
    const child = spawn(start.python, words, {
      cwd: folder.work,
      detached: true,
      env: {
        PATH: [start.bin, start.machine.PATH].filter((part) => part !== undefined).join(':'),
        LANG: start.machine.LANG ?? 'C.UTF-8',
        HOME: home,
        TMPDIR: temporary,
        PYTHONUTF8: '1',
        PYTHONNOUSERSITE: '1',
        ...start.variables,
        ...pythonPath(start),
      },
      stdio: ['pipe', output, output],
    });
    // A driver that is gone takes no word; its exit says why.
    child.stdin?.on('error', () => undefined);
    const exited = new Promise<Exit>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    exited.catch(() => undefined);
    if (child.pid === undefined) throw new Error(`${start.python} could not be started`);
    const go = (): void => void (start.leashed ? child.stdin?.write(LEASHED) : child.stdin?.end(FREE));
    return { pid: child.pid, process: processIdentity(child.pid), exited, go };
  } finally {
    closeSync(output);
  }
}

function pythonPath({ modules, variables }: DriverStart): { PYTHONPATH?: string } {
  if (modules === undefined) return {};
  const others = variables.PYTHONPATH === undefined ? [] : [variables.PYTHONPATH];
  return { PYTHONPATH: [modules, ...others].join(delimiter) };
}

/** Watches a driver that another server started; undefined when it is not there any more. */
export function adoptDriver(
  pid: number,
  identity: string | null,
  clock: Clock,
  signal: AbortSignal,
): AdoptedDriver | undefined {
  if (identity === null || processIdentity(pid) !== identity) return undefined;
  const watch = async (): Promise<Exit> => {
    while (processIdentity(pid) === identity) await clock.sleep(ADOPTED_POLL_MS, signal);
    return { code: null, signal: null, lost: true };
  };
  const exited = watch();
  exited.catch(() => undefined);
  return { pid, process: identity, exited };
}

/**
 * Kills what a driver that is gone left in its process group. The group is told from one that got the same number later
 * by its lack of a leader since the machine's start.
 */
export function sweepLostDriver(pid: number, identity: string | null): void {
  if (process.platform !== 'linux' || pid === 0 || identity === null) return;
  const isOfThisStart = identity.startsWith(`${linuxBootId()}/`);
  if (isOfThisStart && processIdentity(pid) === undefined) sweepGroup(pid);
}

/** How the task ended, by the result that the bootstrap wrote and the exit of the process, when it was seen. */
export function outcomeOf(folder: DriverFolder, exit: Exit): Ending {
  const written = readResult(folder.result);
  if (written?.outcome === 'failed') return userFailure(written.error ?? '', written.error_trace ?? '');
  if (written?.outcome === 'success' && (exit.lost === true || exit.code === 0)) return succeeded;
  if (exit.lost === true)
    return brokenTask(
      'DRIVER_ERROR',
      'INTERNAL_ERROR',
      'The driver was lost while the workspace was down: it is gone and left no result. Its log holds what it printed until then.',
    );
  const text = exitText(exit);
  return userFailure(text, text);
}

/** Removes what only the running driver needed. */
export function tidyDriverFolder(folder: DriverFolder): void {
  for (const name of ['tmp', 'home']) rmSync(join(folder.root, name), { recursive: true, force: true });
}

/** What a notebook gave to `dbutils.notebook.exit`; undefined when it did not, or has not ended. */
export function notebookOutputOf(folder: DriverFolder): NotebookOutput | undefined {
  return readResult(folder.result)?.notebook_output;
}

interface NotebookOutput {
  readonly result: string;
  /** Whether it was longer than the 5 MB that are kept. */
  readonly truncated: boolean;
}

interface WrittenResult {
  readonly notebook_output?: NotebookOutput;
  readonly outcome?: string;
  readonly error?: string;
  readonly error_trace?: string;
}

function readResult(file: string): WrittenResult | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function exitText(exit: Exit): string {
  if (exit.signal === null) return `The Python process exited with exit code ${exit.code}.`;
  const code = 128 + constants.signals[exit.signal];
  const memory =
    exit.signal === 'SIGKILL'
      ? " This may have been caused by an OOM error. Check your command's memory usage."
      : '';
  return `The Python process exited with exit code ${code} (${exit.signal}).${memory}`;
}
