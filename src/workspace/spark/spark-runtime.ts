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

/** `sail` is quick and small; `full` is Apache Spark itself and needs Java. */
export type EngineKind = 'sail' | 'full';

/** Where the engine and its clients find their modules. */
export interface SparkRuntime {
  readonly kind: EngineKind;
  readonly python: string;
  /** Folder of the installed packages: PySpark's Connect client, Sail, and what they need. */
  readonly packages: string;
  /** Folder of Apache Spark, of the full engine. */
  readonly spark?: string;
}

/** Tells a person that something takes a while. */
export type Say = (line: string) => void;

/** Folder of this package's own modules for sessions, the engine and the SQL worker. */
export const SPARK_MODULES: string = join(packageRoot, 'src', 'workspace', 'spark', 'python');
/** Folder of `landlock.py`. */
export const LAUNCHER_MODULES: string = join(packageRoot, 'src', 'workspace', 'compute', 'driver');

const REQUIREMENTS = {
  sail: join(packageRoot, 'src', 'workspace', 'spark', 'sail.txt'),
  full: join(packageRoot, 'src', 'workspace', 'spark', 'full.txt'),
};

export interface RuntimeOptions {
  /** The cache folder; the packages lie below `spark/` and may be deleted at any time. */
  readonly folder: string;
  /** For uv and pip: PATH, proxies, index URL. */
  readonly variables: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * Makes a function that installs the packages of an engine once per interpreter, from requirements with hashes, and
 * answers where they are. A half-made folder is never seen: it gets its name by one rename.
 * The function throws a RemoteError that ends with what the installer said.
 */
export function sparkRuntime(
  options: RuntimeOptions,
): (python: Interpreter, kind: EngineKind, say: Say) => Promise<SparkRuntime> {
  const going = new Map<string, Promise<string>>();
  const folderOf = (python: Interpreter, kind: EngineKind, say: Say): Promise<string> => {
    const requirements = readFileSync(REQUIREMENTS[kind]);
    const key = sha256Hex([python.executable, python.version, requirements].join('\n')).slice(0, 16);
    const folder = join(options.folder, 'spark', key);
    if (existsSync(folder)) return Promise.resolve(folder);
    say(WORDS[kind]);
    const known =
      going.get(key) ?? install(options, python.executable, kind, folder).finally(() => going.delete(key));
    going.set(key, known);
    return known.then((done) => {
      say('It is installed.');
      return done;
    });
  };
  return async (python, kind, say) => {
    const packages = await folderOf(python, 'sail', say);
    const runtime = { kind, python: python.executable, packages };
    return kind === 'sail' ? runtime : { ...runtime, spark: await folderOf(python, 'full', say) };
  };
}

const WORDS: Readonly<Record<EngineKind, string>> = {
  sail: 'Installing the Spark engine (once, about 150 MB) …',
  full: 'Installing Apache Spark (once, about 450 MB) …',
};

async function install(
  options: RuntimeOptions,
  python: string,
  kind: EngineKind,
  packages: string,
): Promise<string> {
  const aside = `${packages}-${randomBytes(4).toString('hex')}`;
  mkdirSync(aside, { recursive: true });
  // PySpark is published as source only.
  const sources = kind === 'sail' ? 'pyspark-client' : 'pyspark';
  const formats = ['--only-binary', ':all:', '--no-binary', sources];
  const common = ['--target', aside, '--require-hashes', ...formats, '-r', REQUIREMENTS[kind]];
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
    return packages;
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
