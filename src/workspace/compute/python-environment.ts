import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Interpreter } from '../../core/python.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { installIntoEnvironment, SPARK_MARK, unpackModules } from './install-libraries.ts';
import { isPlain, type ReadLibrary } from './task-libraries.ts';

/** Where the code of one set of libraries runs. */
export interface PythonEnvironment {
  readonly python: string;
  /** Folder to put before PATH; absent for the plain interpreter. */
  readonly bin?: string;
  /** Folder of modules to put on the path of the plain interpreter. */
  readonly modules?: string;
  /** Whether a wheel in it speaks of PySpark. */
  readonly mentionsSpark: boolean;
}

/** Prepares environments; asking twice for one set of libraries builds it once. */
export interface EnvironmentBuilder {
  /** Rejects with a LibraryInstallationError when a library cannot be installed. */
  prepare(python: Interpreter, libraries: readonly ReadLibrary[]): Promise<PythonEnvironment>;
}

/**
 * Keeps one virtual environment per interpreter and set of libraries below `folder`, which may be deleted at any time.
 * A set is what was asked for: the bytes of wheels and requirements files, and the text of requirements. What an open
 * requirement such as `requests` leads to is found when the set is first built, and stays until the folder is deleted.
 * An environment is built under a name of its own and becomes known by one rename, so a crash leaves none half-made.
 * `variables`: for the installer (proxies, index URL). `signal` ends builds that are going on.
 */
export function environmentBuilder(
  folder: string,
  variables: NodeJS.ProcessEnv,
  signal: AbortSignal,
): EnvironmentBuilder {
  const building = new Map<string, Promise<PythonEnvironment>>();
  return {
    prepare: (python, libraries) => {
      if (libraries.length === 0) return Promise.resolve({ python: python.executable, mentionsSpark: false });
      const key = keyOf(python, libraries);
      const known = built(folder, key, python, libraries);
      if (known !== undefined) return Promise.resolve(known);
      const going =
        building.get(key) ??
        build({ folder, key, python, libraries, variables, signal }).finally(() => building.delete(key));
      building.set(key, going);
      return going;
    },
  };
}

interface Build {
  readonly folder: string;
  readonly key: string;
  readonly python: Interpreter;
  readonly libraries: readonly ReadLibrary[];
  readonly variables: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

function keyOf(python: Interpreter, libraries: readonly ReadLibrary[]): string {
  const names = libraries.map((library) =>
    library.kind === 'pypi'
      ? `pypi ${library.index ?? ''} ${library.requirement}`
      : `${library.kind} ${library.sha256}`,
  );
  return sha256Hex([python.executable, python.version, ...names.sort()].join('\n')).slice(0, 32);
}

function built(
  folder: string,
  key: string,
  python: Interpreter,
  libraries: readonly ReadLibrary[],
): PythonEnvironment | undefined {
  try {
    const place = join(folder, readFileSync(join(folder, `${key}.ready`), 'utf8'));
    const environment = environmentAt(place, python, libraries);
    return [environment.python, environment.modules ?? place].every((path) => existsSync(path))
      ? environment
      : undefined;
  } catch {
    return undefined;
  }
}

/** A task without a library of its own keeps the packages of the interpreter, which may be a virtual environment. */
function environmentAt(
  place: string,
  python: Interpreter,
  libraries: readonly ReadLibrary[],
): PythonEnvironment {
  if (isPlain(libraries))
    return { python: python.executable, modules: join(place, 'site-packages'), mentionsSpark: false };
  const mentionsSpark = existsSync(join(place, SPARK_MARK));
  return { python: join(place, 'bin', 'python'), bin: join(place, 'bin'), mentionsSpark };
}

async function build(plan: Build): Promise<PythonEnvironment> {
  const name = `${plan.key}-${randomBytes(4).toString('hex')}`;
  const place = join(plan.folder, name);
  const files = `${place}-files`;
  mkdirSync(files, { recursive: true });
  const { folder, libraries, variables, signal } = plan;
  const installation = { interpreter: plan.python, libraries, folder, files, variables, signal };
  try {
    const environment = environmentAt(place, plan.python, libraries);
    await (environment.modules === undefined
      ? installIntoEnvironment(installation, place)
      : unpackModules(installation, environment.modules));
    writeFileSync(join(folder, `${name}.part`), name);
    renameSync(join(folder, `${name}.part`), join(folder, `${plan.key}.ready`));
    return environmentAt(place, plan.python, plan.libraries);
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(files, { recursive: true, force: true });
  }
}
