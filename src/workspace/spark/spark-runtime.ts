import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RemoteError } from '../../core/errors.ts';
import { packageRoot } from '../../core/package-root.ts';
import type { Interpreter } from '../../core/python.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { mayUseUv } from '../../core/uv.ts';

/** Where the engine and its clients find their modules. */
export interface SparkRuntime {
  readonly python: string;
  /** Folder of the installed packages: PySpark's Connect client, Sail, and what they need. */
  readonly packages: string;
}

/** Tells a person that something takes a while. */
export type Say = (line: string) => void;

/** Folder of this package's own modules for sessions, the engine and the SQL worker. */
export const SPARK_MODULES: string = join(packageRoot, 'src', 'workspace', 'spark', 'python');
/** Folder of `landlock.py`. */
export const LAUNCHER_MODULES: string = join(packageRoot, 'src', 'workspace', 'compute', 'driver');

const REQUIREMENTS = join(packageRoot, 'src', 'workspace', 'spark', 'sail.txt');

export interface RuntimeOptions {
  /** The cache folder; the packages lie below `spark/` and may be deleted at any time. */
  readonly folder: string;
  /** For uv and pip: PATH, proxies, index URL. */
  readonly variables: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * Makes a function that installs the packages of the engine once per interpreter, from requirements with hashes, and
 * answers where they are. A half-made folder is never seen: it gets its name by one rename.
 * The function throws a RemoteError that ends with what the installer said.
 */
export function sparkRuntime(
  options: RuntimeOptions,
): (python: Interpreter, say: Say) => Promise<SparkRuntime> {
  const going = new Map<string, Promise<SparkRuntime>>();
  return (python, say) => {
    const key = sha256Hex([python.executable, python.version, readFileSync(REQUIREMENTS)].join('\n'));
    const packages = join(options.folder, 'spark', key.slice(0, 16));
    const runtime = { python: python.executable, packages };
    if (existsSync(packages)) return Promise.resolve(runtime);
    say('Installing the Spark engine (once, about 150 MB) …');
    const known =
      going.get(key) ??
      install(options, runtime)
        .then(() => runtime)
        .finally(() => going.delete(key));
    going.set(key, known);
    return known.then((done) => {
      say('The Spark engine is installed.');
      return done;
    });
  };
}

async function install(options: RuntimeOptions, { python, packages }: SparkRuntime): Promise<void> {
  const aside = `${packages}-${randomBytes(4).toString('hex')}`;
  mkdirSync(aside, { recursive: true });
  // PySpark's Connect client is published as source only:
  const formats = ['--only-binary', ':all:', '--no-binary', 'pyspark-client'];
  const common = ['--target', aside, '--require-hashes', ...formats, '-r', REQUIREMENTS];
  const [command, ...words] = (await hasUv(options))
    ? ['uv', 'pip', 'install', '--quiet', '--compile-bytecode', '--python', python, ...common]
    : [python, '-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', ...common];
  try {
    await promisify(execFile)(command ?? python, words, {
      env: { ...options.variables, PYTHONDONTWRITEBYTECODE: undefined, VIRTUAL_ENV: undefined },
      signal: options.signal,
      maxBuffer: 64 * 1024 * 1024,
    });
    moveIntoPlace(aside, packages);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    options.signal.throwIfAborted();
    throw notInstalled(error as Error & { stderr?: string }, python);
  }
}

/** Another process may have been faster: its packages are as good. */
function moveIntoPlace(aside: string, packages: string): void {
  try {
    renameSync(aside, packages);
  } catch (error) {
    if (!existsSync(packages)) throw error;
    rmSync(aside, { recursive: true, force: true });
  }
}

async function hasUv({ variables, signal }: RuntimeOptions): Promise<boolean> {
  if (!mayUseUv(variables)) return false;
  try {
    await promisify(execFile)('uv', ['--version'], { env: variables, signal });
    return true;
  } catch {
    return false;
  }
}

function notInstalled(error: Error & { stderr?: string }, python: string): RemoteError {
  const said = (error.stderr || error.message).split('\n').filter((line) => line.trim() !== '');
  return new RemoteError(`Cannot install the Spark engine: ${said.slice(-5).join('\n')}`, {
    code: 'HERMES_SPARK_INSTALL',
    facts: { python },
    nextStep: 'It comes from PyPI, about 150 MB: look at the network and at the free space, then run again.',
    cause: error,
  });
}
