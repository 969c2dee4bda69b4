import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../../../core/clock.ts';
import { RemoteError } from '../../../core/errors.ts';
import { packageRoot } from '../../../core/package-root.ts';
import type { Python } from '../../../core/python.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import { mayUseUv } from '../../../core/uv.ts';
import { findAirflowPython } from './airflow-python.ts';
import { airflowSettings } from './airflow-settings.ts';
import { findUv } from './find-uv.ts';
import { ProgramFailure, runProgram } from './run-program.ts';
import { waitForLock } from './wait-for-lock.ts';

/** An Airflow on disk. */
export interface AirflowInstall {
  readonly version: string;
  readonly folder: string;
  readonly python: string;
  /** A database as `airflow db migrate` makes it, to start from. */
  readonly emptyDatabase: string;
}

/** Where Airflow goes, and who hears of it. */
export interface InstallOptions {
  /** `home.cache` */
  readonly cacheFolder: string;
  /** Variables of the caller: for pip and uv, and `HERMES_PYTHON`. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** A step that takes a while. */
  readonly onStep: (message: string) => void;
}

const REQUIREMENTS = join(packageRoot, 'src', 'engines', 'airflow', 'local', 'requirements.txt');
const READY = 'hermes-ready';
const SIGN_SECONDS = 30;

/**
 * Answers the pinned Airflow, installing it the first time. An installation that did not reach its end is never used:
 * its last step writes the mark by which it is known.
 * @throws ConfigError without a fitting Python, RemoteError when the packages cannot be had
 */
export async function ensureAirflow(options: InstallOptions): Promise<AirflowInstall> {
  const install = installOf(options.cacheFolder);
  if (isReady(install)) return install;
  mkdirSync(options.cacheFolder, { recursive: true });
  const lock = await waitForLock(`${install.folder}.lock`, options, () =>
    options.onStep('Another hermes is installing Airflow: waiting for it …'),
  );
  try {
    if (!isReady(install)) await makeInstall(install, options);
    return install;
  } finally {
    lock.release();
  }
}

function installOf(cacheFolder: string): AirflowInstall {
  const requirements = readFileSync(REQUIREMENTS, 'utf8');
  const version = /^apache-airflow==([^\s;]+)/m.exec(requirements)?.[1] ?? '';
  const hash = sha256Hex(requirements).slice(0, 8);
  const folder = join(cacheFolder, `airflow-${version}-${hash}`);
  return {
    version,
    folder,
    python: join(folder, 'bin', 'python'),
    emptyDatabase: join(folder, 'empty', 'airflow.db'),
  };
}

// The interpreter behind the environment may have been removed since.
function isReady({ folder, python }: AirflowInstall): boolean {
  return existsSync(join(folder, READY)) && existsSync(python);
}

async function makeInstall(install: AirflowInstall, options: InstallOptions): Promise<void> {
  const { env, signal, cacheFolder, onStep } = options;
  const python = await findAirflowPython({ env, signal }, install.version);
  const uv = await findUv({ cacheFolder, python, env, signal });
  onStep(`Installing Airflow ${install.version} with ${installerWords(env, uv)}, once …`);
  rmSync(install.folder, { recursive: true, force: true });
  try {
    await withSigns(options, async () => {
      for (const words of installSteps(install, python, uv)) await runProgram({ words, env, signal });
    });
    onStep('Preparing its database …');
    await makeEmptyDatabase(install, options);
  } catch (error) {
    rmSync(install.folder, { recursive: true, force: true });
    if (!(error instanceof ProgramFailure)) throw error;
    throw new RemoteError(`Cannot install Airflow ${install.version}: ${error.message}`, {
      code: 'HERMES_AIRFLOW_INSTALL',
      facts: { python: python.executable, with: uv ?? 'pip' },
      nextStep: 'Its packages come from the Python package index: look at the network, then try again.',
    });
  }
  writeFileSync(join(install.folder, READY), `${python.executable} ${python.version}\n`);
}

/** What installs the packages, and why, and how long it takes. */
function installerWords(env: NodeJS.ProcessEnv, uv: string | undefined): string {
  if (uv !== undefined) return 'uv, half a minute';
  const reason = mayUseUv(env) ? 'uv cannot be had here' : 'pip is set to a package index of your own';
  return `pip (${reason}), some minutes`;
}

/** A sign of life each half minute: neither pip nor uv says how far it is. */
async function withSigns<T>({ clock, onStep }: InstallOptions, work: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  const signs = (async () => {
    for (let seconds = SIGN_SECONDS; ; seconds += SIGN_SECONDS) {
      await clock.sleep(SIGN_SECONDS * 1_000, done.signal);
      onStep(`Still installing, after ${seconds} s …`);
    }
  })().catch(() => undefined);
  try {
    return await work();
  } finally {
    done.abort();
    await signs;
  }
}

function installSteps({ folder, python }: AirflowInstall, base: Python, uv: string | undefined): string[][] {
  const venv = [
    base.executable,
    '-m',
    'venv',
    ...(uv === undefined && base.pip === 'inside' ? [] : ['--without-pip']),
  ];
  const what = ['--quiet', '--require-hashes', '--requirement', REQUIREMENTS];
  if (uv !== undefined)
    return [
      [...venv, folder],
      [uv, 'pip', 'install', '--python', python, '--compile-bytecode', ...what],
    ];
  const pip =
    base.pip === 'inside' ? [python, '-m', 'pip'] : [base.executable, '-m', 'pip', '--python', python];
  return [
    [...venv, folder],
    [...pip, 'install', '--no-input', '--disable-pip-version-check', ...what],
  ];
}

/** Migrating takes Airflow ten seconds; copying what came of it takes none. */
async function makeEmptyDatabase(
  { python, emptyDatabase }: AirflowInstall,
  { env, signal }: InstallOptions,
): Promise<void> {
  const home = dirname(emptyDatabase);
  mkdirSync(home, { recursive: true });
  const settings = airflowSettings({ folder: home, env });
  await runProgram({ words: [python, '-m', 'airflow', 'db', 'migrate'], env: settings, cwd: home, signal });
}
