import { execFile } from 'node:child_process';
import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import semver from 'semver';
import { packageManifest } from '../core/package-root.ts';

const run = promisify(execFile);

/** What `hermes doctor` found about one thing, and what cures it when it is not well. */
export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed';
  /** The version, path or address that was found, or what is wrong. */
  readonly detail: string;
  readonly cure?: string;
}

const MINIMUM_FREE_BYTES = 500 * 1024 * 1024;

/** Checks of this machine alone: nothing is started, nothing is written except the home's own folder. */
export async function checkMachine(home: string): Promise<Finding[]> {
  return Promise.all([
    checkNode(),
    checkGit(),
    checkGitIdentity(),
    checkPython(),
    checkPip(),
    checkHome(home),
  ]);
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

async function checkPython(): Promise<Finding> {
  const version = await firstLine('python3', ['-c', 'import platform; print(platform.python_version())']);
  if (version === undefined) {
    return failed(
      'Python',
      'python3 not found on PATH',
      'Install Python 3.10 or newer: https://www.python.org/downloads/',
    );
  }
  return semver.gte(semver.coerce(version) ?? '0.0.0', '3.10.0')
    ? ok('Python', version)
    : failed(
        'Python',
        `${version}, Hermes needs 3.10 or newer`,
        'Install a newer Python and put it first on PATH.',
      );
}

async function checkPip(): Promise<Finding> {
  const venv = await firstLine('python3', ['-c', 'import venv; print("venv")']);
  const pip = await firstLine('python3', ['-m', 'pip', '--version']);
  const uv = await firstLine('uv', ['--version']);
  if (uv !== undefined) return ok('Python environments', uv);
  if (venv !== undefined && pip !== undefined)
    return ok('Python environments', pip.split(' from ')[0] ?? pip);
  const missing = [venv === undefined ? 'venv' : '', pip === undefined ? 'pip' : ''].filter(
    (name) => name !== '',
  );
  return failed(
    'Python environments',
    `python3 has no ${missing.join(' and no ')} module`,
    'On Debian or Ubuntu: apt-get install python3-venv python3-pip. Elsewhere install Python from python.org, or uv.',
  );
}

async function checkHome(home: string): Promise<Finding> {
  try {
    await mkdir(dirname(home), { recursive: true });
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

export function ok(name: string, detail: string): Finding {
  return { name, state: 'ok', detail };
}

function warning(name: string, detail: string, cure: string): Finding {
  return { name, state: 'warning', detail, cure };
}

export function failed(name: string, detail: string, cure: string): Finding {
  return { name, state: 'failed', detail, cure };
}
