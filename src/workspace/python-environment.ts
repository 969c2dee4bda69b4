import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Interpreter } from '../core/python.ts';
import { mayUseUv } from '../core/uv.ts';

/** A wheel with the bytes that are going to be installed. */
export interface WheelFile {
  readonly location: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** Where the scripts of one set of wheels run. */
export interface PythonEnvironment {
  readonly python: string;
  /** Folder to put before PATH; absent for the plain interpreter. */
  readonly bin?: string;
}

/** Wheels that pip could not install; the message ends with pip's own last lines. */
export class LibraryInstallationError extends Error {}

/** Prepares environments; asking twice for one set of wheels builds it once. */
export interface EnvironmentBuilder {
  prepare(python: Interpreter, wheels: readonly WheelFile[]): Promise<PythonEnvironment>;
}

/**
 * Keeps one virtual environment per interpreter and set of wheel hashes below `folder`, which may be deleted at any time.
 * An environment is built under a name of its own and becomes known by one rename, so a crash leaves none half-made.
 * `variables`: for pip (proxies, index URL). `signal` ends builds that are going on.
 */
export function environmentBuilder(
  folder: string,
  variables: NodeJS.ProcessEnv,
  signal: AbortSignal,
): EnvironmentBuilder {
  const building = new Map<string, Promise<PythonEnvironment>>();
  return {
    prepare: (python, wheels) => {
      if (wheels.length === 0) return Promise.resolve({ python: python.executable });
      const key = keyOf(python, wheels);
      const known = built(folder, key);
      if (known !== undefined) return Promise.resolve(known);
      const going =
        building.get(key) ??
        build({ folder, key, python, wheels, variables, signal }).finally(() => building.delete(key));
      building.set(key, going);
      return going;
    },
  };
}

interface Build {
  readonly folder: string;
  readonly key: string;
  readonly python: Interpreter;
  readonly wheels: readonly WheelFile[];
  readonly variables: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

function keyOf(python: Interpreter, wheels: readonly WheelFile[]): string {
  const parts = [python.executable, python.version, ...wheels.map((wheel) => wheel.sha256).sort()];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
}

function built(folder: string, key: string): PythonEnvironment | undefined {
  try {
    const place = join(folder, readFileSync(join(folder, `${key}.ready`), 'utf8'));
    const environment = environmentAt(place);
    return existsSync(environment.python) ? environment : undefined;
  } catch {
    return undefined;
  }
}

function environmentAt(place: string): Required<PythonEnvironment> {
  return { python: join(place, 'bin', 'python'), bin: join(place, 'bin') };
}

async function build(plan: Build): Promise<PythonEnvironment> {
  const name = `${plan.key}-${randomBytes(4).toString('hex')}`;
  const place = join(plan.folder, name);
  const wheelFolder = `${place}-wheels`;
  mkdirSync(wheelFolder, { recursive: true });
  try {
    const files = plan.wheels.map((wheel) => {
      const file = join(wheelFolder, basename(wheel.name));
      writeFileSync(file, wheel.bytes);
      return file;
    });
    await step(plan, [plan.python.executable, '-m', 'venv', '--without-pip', place]);
    await install(plan, environmentAt(place).python, files);
    writeFileSync(join(plan.folder, `${name}.part`), name);
    renameSync(join(plan.folder, `${name}.part`), join(plan.folder, `${plan.key}.ready`));
    return environmentAt(place);
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(wheelFolder, { recursive: true, force: true });
  }
}

/** By uv where it is on PATH and asks the same index (far quicker), else by the interpreter's own pip. */
async function install(plan: Build, python: string, files: readonly string[]): Promise<void> {
  const uv = await hasUv(plan);
  const command = uv
    ? ['uv', 'pip', 'install', '--quiet', '--python', python, ...files]
    : [plan.python.executable, '-m', 'pip', '--python', python, 'install', '--quiet', '--no-input'];
  await step(plan, uv ? command : [...command, '--disable-pip-version-check', ...files]);
}

async function hasUv(plan: Build): Promise<boolean> {
  if (!mayUseUv(plan.variables)) return false;
  try {
    await promisify(execFile)('uv', ['--version'], { env: plan.variables, signal: plan.signal });
    return true;
  } catch {
    return false;
  }
}

async function step(plan: Build, [command = '', ...words]: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(command, words, {
      cwd: plan.folder,
      env: { ...plan.variables, PYTHONDONTWRITEBYTECODE: undefined, VIRTUAL_ENV: undefined },
      signal: plan.signal,
      maxBuffer: 64 * 1024 * 1024,
    });
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
