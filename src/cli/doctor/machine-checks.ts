import { execFile } from 'node:child_process';
import { access, constants, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import semver from 'semver';
import { ConfigError } from '../../core/errors.ts';
import { makeFolder } from '../../core/make-folder.ts';
import { packageManifest } from '../../core/package-root.ts';
import { findInterpreter, findPython } from '../../core/python.ts';
import { mayUseUv } from '../../core/uv.ts';
import { findAgent } from '../../telemetry/agent-address.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

const run = promisify(execFile);

const MINIMUM_FREE_BYTES = 500 * 1024 * 1024;

/** Checks of this machine alone: nothing is started, nothing is written except the home's own folder. */
export async function checkMachine(home: string, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const checks = await Promise.all([
    checkNode(),
    checkGit(),
    checkGitIdentity(),
    checkPython(env),
    checkEnvironments(env),
    checkHome(home),
  ]);
  return [...checks, ...checkAgent(env)];
}

/** Where metrics of runs go; nothing where nobody asked for any. */
function checkAgent(env: NodeJS.ProcessEnv): Finding[] {
  const { address, problem } = findAgent(env);
  if (problem !== undefined) return [warning('metrics', problem, 'Correct it: runs go on without metrics.')];
  if (address === undefined) return [];
  const place = address.kind === 'udp' ? `${address.host}, port ${address.port}` : address.path;
  return [ok('metrics', `to the Datadog agent at ${place}`)];
}

async function checkNode(): Promise<Finding> {
  const range = packageManifest.engines.node;
  return semver.satisfies(process.version, range)
    ? ok('Node', process.version)
    : failed('Node', `${process.version}, Hermes needs ${range}`, 'Install a newer Node: https://nodejs.org');
}

async function checkGit(): Promise<Finding> {
  const version = await firstLine('git', ['--version']);
  return version === undefined
    ? failed(
        'git',
        'not found on PATH',
        'Install it: apt-get install git, brew install git, or https://git-scm.com',
      )
    : ok('git', version.replace('git version ', ''));
}

async function checkGitIdentity(): Promise<Finding> {
  const name = await firstLine('git', ['config', 'user.name']);
  const email = await firstLine('git', ['config', 'user.email']);
  if (name !== undefined && email !== undefined) return ok('git identity', `${name} <${email}>`);
  return warning(
    'git identity',
    'git does not know your name and e-mail yet',
    'git config --global user.name "Your Name" && git config --global user.email you@example.com',
  );
}

async function checkPython(env: NodeJS.ProcessEnv): Promise<Finding> {
  try {
    return ok('Python', (await findInterpreter({ env })).version);
  } catch (error) {
    return asFinding('Python', error);
  }
}

/** Tests and builds run in environments of their own. */
async function checkEnvironments(env: NodeJS.ProcessEnv): Promise<Finding> {
  try {
    const { pip } = await findPython({ env });
    const uv = mayUseUv(env) ? await firstLine('uv', ['--version']) : undefined;
    return ok('Python environments', uv ?? (pip === 'outside' ? 'venv and pip' : 'venv'));
  } catch (error) {
    return asFinding('Python environments', error);
  }
}

function asFinding(name: string, error: unknown): Finding {
  if (error instanceof ConfigError) return failed(name, error.message, error.nextStep ?? '');
  throw error;
}

async function checkHome(home: string): Promise<Finding> {
  try {
    makeFolder(dirname(home));
    await access(dirname(home), constants.W_OK);
    const { bavail, bsize } = await statfs(dirname(home));
    const free = bavail * bsize;
    const detail = `${home}, ${(free / 1024 ** 3).toFixed(1)} GiB free`;
    return free >= MINIMUM_FREE_BYTES
      ? ok('home', detail)
      : warning('home', detail, 'Free some disk space; half a GiB is a good start.');
  } catch (error) {
    return failed(
      'home',
      `${home}: ${(error as Error).message}`,
      'Work in a folder that you may write to, or set HERMES_HOME.',
    );
  }
}

async function firstLine(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run(command, [...args], { timeout: 20_000 });
    const line = stdout.split('\n')[0]?.trim();
    return line === '' ? undefined : line;
  } catch {
    return undefined;
  }
}
