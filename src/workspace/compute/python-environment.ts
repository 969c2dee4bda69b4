import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Interpreter } from '../../core/python.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { mayUseUv } from '../../core/uv.ts';
import { isRuntimeModule } from './runtime-module.ts';

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
  /** Folder of modules to put on the path of the plain interpreter. */
  readonly modules?: string;
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
      const known = built(folder, key, python, wheels);
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
  return sha256Hex(parts.join('\n')).slice(0, 32);
}

function built(
  folder: string,
  key: string,
  python: Interpreter,
  wheels: readonly WheelFile[],
): PythonEnvironment | undefined {
  try {
    const place = join(folder, readFileSync(join(folder, `${key}.ready`), 'utf8'));
    const environment = environmentAt(place, python, wheels);
    return [environment.python, environment.modules ?? place].every((path) => existsSync(path))
      ? environment
      : undefined;
  } catch {
    return undefined;
  }
}

function environmentAt(place: string, python: Interpreter, wheels: readonly WheelFile[]): PythonEnvironment {
  if (isPlain(wheels)) return { python: python.executable, modules: join(place, 'site-packages') };
  return { python: join(place, 'bin', 'python'), bin: join(place, 'bin') };
}

/** A script without a wheel of its own keeps the packages of the interpreter, which may be a virtual environment. */
function isPlain(wheels: readonly WheelFile[]): boolean {
  return wheels.every(({ name }) => isRuntimeModule(name));
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
    const environment = environmentAt(place, plan.python, plan.wheels);
    await (environment.modules === undefined
      ? installInto(plan, place, environment.python, files)
      : unpack(plan, environment.modules, files));
    writeFileSync(join(plan.folder, `${name}.part`), name);
    renameSync(join(plan.folder, `${name}.part`), join(plan.folder, `${plan.key}.ready`));
    return environment;
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(wheelFolder, { recursive: true, force: true });
  }
}

/** A wheel without compiled parts and scripts is installed by unpacking it. */
async function unpack(plan: Build, modules: string, files: readonly string[]): Promise<void> {
  for (const file of files) await step(plan, [plan.python.executable, '-m', 'zipfile', '-e', file, modules]);
}

async function installInto(
  plan: Build,
  place: string,
  python: string,
  files: readonly string[],
): Promise<void> {
  await step(plan, [plan.python.executable, '-m', 'venv', '--without-pip', place]);
  await install(plan, python, files);
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
