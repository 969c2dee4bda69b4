import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, ConnectionError, type HermesError, RemoteError } from '../src/core/errors.ts';
import { mayUseUv } from '../src/core/uv.ts';
import type { Python } from './python.ts';
import { type CommandResult, lastLines, runCommand } from './subprocess.ts';

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
  await mkdir(join(preparation.cache, 'python'), { recursive: true });
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
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
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
    const uv = await runCommand('uv', args, options).catch(missingProgram);
    if (uv?.exitCode === 0) return;
  }
  const pip =
    python.pip === 'outside'
      ? [python.executable, '-m', 'pip', '--python', interpreter]
      : [interpreter, '-m', 'pip'];
  const [program = '', ...args] = pip;
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-warn-script-location'];
  const result = await runCommand(program, [...args, 'install', ...quiet, '--', ...requirements], options);
  if (result.exitCode === 0) return;
  throw FULL_DISK.test(result.output) ? diskFull(purpose, preparation.cache) : installError(wish, result);
}

function missingProgram(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

// What pip prints when it cannot reach an index: https://github.com/pypa/pip/blob/main/src/pip/_internal/network
const NETWORK =
  /NewConnectionError|Temporary failure in name resolution|Max retries exceeded|Connection (?:refused|reset)|Read timed out|ProxyError|SSLError/;

// Python's words for ENOSPC and EDQUOT.
const FULL_DISK = /No space left on device|Disk quota exceeded/;

function diskFull(purpose: string, cache: string): RemoteError {
  return new RemoteError(`Cannot install the packages for ${purpose}: the disk is full.`, {
    code: 'HERMES_DISK_FULL',
    facts: { folder: cache },
    nextStep: 'Free some space and run the same command again.',
  });
}

function installError({ requirements, purpose }: EnvironmentWish, { output }: CommandResult): HermesError {
  const facts = { packages: requirements.join(' ') };
  const message = `Cannot install the packages for ${purpose}: pip says\n${lastLines(output, 8)}`;
  return NETWORK.test(output)
    ? new ConnectionError(message, {
        code: 'HERMES_PACKAGE_INDEX',
        facts,
        nextStep:
          'Check the network, or name your package index in PIP_INDEX_URL, and run the same command again.',
      })
    : new ConfigError(message, {
        code: 'HERMES_PACKAGES',
        facts,
        nextStep: 'Correct the requirement in pyproject.toml.',
      });
}
