import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../core/package-root.ts';
import type { Interpreter } from '../../core/python.ts';
import { mayUseUv } from '../../core/uv.ts';
import type { ReadLibrary } from './task-libraries.ts';

/** Libraries that could not be installed; the message ends with the installer's own last lines. */
export class LibraryInstallationError extends Error {}

/** What an installation needs of the machine. */
export interface Installation {
  readonly interpreter: Interpreter;
  readonly libraries: readonly ReadLibrary[];
  /** Where the installer works; wheels and requirements files are written to `files` in it. */
  readonly folder: string;
  readonly files: string;
  /** For the installer: proxies, index URL. */
  readonly variables: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

const MENTIONS_SPARK = join(packageRoot, 'src', 'workspace', 'compute', 'driver', 'mentions_spark.py');
/** A file of an environment whose wheels speak of PySpark. */
export const SPARK_MARK = 'mentions-spark';

/** Makes a virtual environment at `place` and installs the libraries. @throws LibraryInstallationError */
export async function installIntoEnvironment(plan: Installation, place: string): Promise<void> {
  await step(plan, [plan.interpreter.executable, '-m', 'venv', '--without-pip', place]);
  const installer = await installerFor(plan, join(place, 'bin', 'python'));
  for (const words of commandsFor(plan)) await step(plan, [...installer, ...words]);
  const wheels = plan.libraries.flatMap((library) =>
    library.kind === 'whl' ? [written(plan, library.name, library.bytes)] : [],
  );
  const answer = await step(plan, [plan.interpreter.executable, MENTIONS_SPARK, ...wheels]);
  if (answer.startsWith('yes')) writeFileSync(join(place, SPARK_MARK), '');
}

/** Wheels without compiled parts and scripts are installed by unpacking them. */
export async function unpackModules(plan: Installation, modules: string): Promise<void> {
  for (const library of plan.libraries) {
    if (library.kind === 'pypi') continue;
    const file = written(plan, library.name, library.bytes);
    await step(plan, [plan.interpreter.executable, '-m', 'zipfile', '-e', file, modules]);
  }
  await step(plan, [plan.interpreter.executable, '-m', 'compileall', '-q', modules]);
}

/**
 * The words of each call of the installer: first all that comes from its own index at once, so that the versions agree,
 * then what a library has from an index of its own.
 */
function commandsFor(plan: Installation): string[][] {
  const common = plan.libraries.flatMap((library, position) => {
    if (library.kind === 'pypi') return library.index === undefined ? [library.requirement] : [];
    const file = written(plan, library.name, library.bytes, library.kind === 'whl' ? '' : `${position}`);
    return library.kind === 'whl' ? [file] : ['--requirement', file];
  });
  const others = plan.libraries.flatMap((library) =>
    library.kind === 'pypi' && library.index !== undefined
      ? [['--index-url', library.index, library.requirement]]
      : [],
  );
  return common.length === 0 ? others : [common, ...others];
}

function written(plan: Installation, name: string, bytes: Uint8Array, place = ''): string {
  const folder = join(plan.files, place);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, basename(name));
  writeFileSync(file, bytes);
  return file;
}

/** Compiled here, as pip does by itself: a run cannot write into its environment. uv where it is on PATH and asks the same index (far quicker), else the interpreter's own pip. */
async function installerFor(plan: Installation, python: string): Promise<string[]> {
  if (await hasUv(plan)) return ['uv', 'pip', 'install', '--quiet', '--compile-bytecode', '--python', python];
  const pip = [plan.interpreter.executable, '-m', 'pip', '--python', python, 'install', '--quiet'];
  return [...pip, '--no-input', '--disable-pip-version-check'];
}

async function hasUv(plan: Installation): Promise<boolean> {
  if (!mayUseUv(plan.variables)) return false;
  try {
    await promisify(execFile)('uv', ['--version'], { env: plan.variables, signal: plan.signal });
    return true;
  } catch {
    return false;
  }
}

async function step(plan: Installation, [command = '', ...words]: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, words, {
      cwd: plan.folder,
      env: { ...plan.variables, PYTHONDONTWRITEBYTECODE: undefined, VIRTUAL_ENV: undefined },
      signal: plan.signal,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    plan.signal.throwIfAborted();
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    throw new LibraryInstallationError(lastLines(`${stdout}\n${stderr}`) || message);
  }
}

function lastLines(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-8).join('\n');
}
