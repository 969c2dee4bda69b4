import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, RemoteError } from '../src/core/errors.ts';
import { makeFolder } from '../src/core/make-folder.ts';
import type { Python } from '../src/core/python.ts';
import { sha256Hex } from '../src/core/sha256.ts';
import { mayUseUv } from '../src/core/uv.ts';
import { installError } from './install-error.ts';
import { lastLines, runCommand } from './subprocess.ts';

export interface EnvironmentWish {
  readonly python: Python;
  /** PEP 508 requirements. */
  readonly requirements: readonly string[];
  /** What the environment is for, as an error says it: `the tests of helloworld`. */
  readonly purpose: string;
}

export interface Preparation {
  /** Folder of prepared environments; may be deleted at any time. */
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Called before packages are installed, which may take a while. */
  readonly announce?: ((purpose: string) => void) | undefined;
}

// Without a network the five tries of pip take eight seconds. PIP_RETRIES and UV_HTTP_RETRIES of the user win.
const RETRIES = '2';

/**
 * An environment that holds the requirements, prepared once for each Python and set of requirements.
 * It appears whole: filled beside its place and renamed. uv fills it where uv is in PATH, else pip.
 * @returns path of its interpreter
 * @throws ConnectionError when the package index cannot be reached; RemoteError when the disk is full; ConfigError when
 *   pip refuses the requirements
 */
export async function preparePythonEnvironment(
  wish: EnvironmentWish,
  preparation: Preparation,
): Promise<string> {
  const folder = join(preparation.cache, 'python', environmentName(wish));
  const interpreter = join(folder, 'bin', 'python');
  if (existsSync(interpreter)) return interpreter;
  const beside = `${folder}.${randomUUID().slice(0, 8)}`;
  makeFolder(join(preparation.cache, 'python'));
  try {
    await fill(beside, wish, preparation);
    // Another process may have been faster; its environment is as good.
    await rename(beside, folder).catch((error) => {
      if (!existsSync(interpreter)) throw error;
    });
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return interpreter;
}

function environmentName({ python, requirements }: EnvironmentWish): string {
  const content = JSON.stringify([python.executable, python.version, [...requirements].sort()]);
  return sha256Hex(content).slice(0, 16);
}

async function fill(folder: string, wish: EnvironmentWish, preparation: Preparation): Promise<void> {
  const { python, requirements, purpose } = wish;
  const options = { cwd: preparation.cache, env: preparation.env, signal: preparation.signal };
  const withoutPip = python.pip === 'outside' ? ['--without-pip'] : [];
  const made = await runCommand(python.executable, ['-m', 'venv', ...withoutPip, folder], options);
  if (made.exitCode !== 0) {
    if (FULL_DISK.test(made.output)) throw diskFull(purpose, preparation.cache);
    throw new ConfigError(`Cannot make a Python environment for ${purpose}:\n${lastLines(made.output, 12)}`, {
      code: 'HERMES_PYTHON_ENVIRONMENT',
    });
  }
  if (requirements.length === 0) return;
  const interpreter = join(folder, 'bin', 'python');
  preparation.announce?.(purpose);
  if (mayUseUv(preparation.env)) {
    const args = ['pip', 'install', '--quiet', '--python', interpreter, '--', ...requirements];
    const env = { UV_HTTP_RETRIES: RETRIES, ...preparation.env };
    const uv = await runCommand('uv', args, { ...options, env }).catch(missingProgram);
    if (uv?.exitCode === 0) return;
  }
  const pip =
    python.pip === 'outside'
      ? [python.executable, '-m', 'pip', '--python', interpreter]
      : [interpreter, '-m', 'pip'];
  const [program = '', ...args] = pip;
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-warn-script-location'];
  const env = { PIP_RETRIES: RETRIES, ...preparation.env };
  const install = [...args, 'install', ...quiet, '--', ...requirements];
  const result = await runCommand(program, install, { ...options, env });
  if (result.exitCode === 0) return;
  throw FULL_DISK.test(result.output)
    ? diskFull(purpose, preparation.cache)
    : installError(wish, result.output);
}

function missingProgram(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

// Python's words for ENOSPC and EDQUOT.
const FULL_DISK = /No space left on device|Disk quota exceeded/;

function diskFull(purpose: string, cache: string): RemoteError {
  return new RemoteError(`Cannot install the packages for ${purpose}: the disk is full.`, {
    code: 'HERMES_DISK_FULL',
    facts: { folder: cache },
    nextStep: 'Free some space and run the same command again.',
  });
}
