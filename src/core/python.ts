import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ConfigError } from './errors.ts';

/** An interpreter itself, behind shims and links. */
export interface Interpreter {
  /** Absolute path. */
  readonly executable: string;
  /** `3.11.7` */
  readonly version: string;
}

/** A Python that can make environments. */
export interface Python extends Interpreter {
  /** How packages get into an environment: this Python's pip from outside, or a pip inside each environment. */
  readonly pip: 'outside' | 'inside';
}

export interface PythonSearch {
  /** Where `PATH` and `HERMES_PYTHON` are read from; the whole environment of the programs that are tried. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Probe {
  readonly executable: string;
  readonly version: readonly [number, number, number];
  readonly pip: string;
  readonly venv: boolean;
  readonly ensurepip: boolean;
}

const MINIMUM = [3, 10] as const;
const INSTALL =
  'Install it: apt install python3 python3-pip python3-venv (Debian, Ubuntu), brew install python (macOS).';
const TIMEOUT_MS = 20_000;

const PROBE = `
import importlib.util as u, json, sys
try:
    from pip import __version__ as pip
except Exception:
    pip = ""
has = lambda name: u.find_spec(name) is not None
print(json.dumps({"executable": sys.executable, "version": sys.version_info[:3], "pip": pip,
                  "venv": has("venv"), "ensurepip": has("ensurepip")}))
`;

/**
 * Finds the interpreter to run scripts with: `HERMES_PYTHON`, else `python3`, else `python` in PATH.
 * @throws ConfigError when there is none, or none that is new enough; the signal's reason on an abort
 */
export async function findInterpreter(search: PythonSearch): Promise<Interpreter> {
  const { executable, version } = await find(search);
  return { executable, version: version.join('.') };
}

/**
 * Finds the interpreter for tests and builds, as {@link findInterpreter} does.
 * @throws ConfigError also when it cannot make environments
 */
export async function findPython(search: PythonSearch): Promise<Python> {
  const { executable, version, pip, venv, ensurepip } = await find(search);
  const text = version.join('.');
  // pip manages another interpreter since 22.3: https://pip.pypa.io/en/stable/news/#v22-3
  const [major = 0, minor = 0] = pip.split('.').map(Number);
  const outside = major > 22 || (major === 22 && minor >= 3);
  if (venv && (outside || ensurepip))
    return { executable, version: text, pip: outside ? 'outside' : 'inside' };
  const missing = venv ? 'pip' : 'venv';
  throw new ConfigError(`Cannot use this Python: its module ${missing} is missing.`, {
    code: 'HERMES_PYTHON_MODULE',
    facts: { python: executable, version: text },
    nextStep: `Install it: apt install python3-${missing} (Debian, Ubuntu). Or name another Python in HERMES_PYTHON.`,
  });
}

async function find(search: PythonSearch): Promise<Probe> {
  const named = search.env.HERMES_PYTHON;
  const programs = named === undefined || named === '' ? ['python3', 'python'] : [named];
  let old: Probe | undefined;
  for (const program of programs) {
    const found = await probe(program, search);
    if (found !== undefined && isNewEnough(found)) return found;
    old ??= found;
  }
  throw old === undefined ? noPython(programs) : oldPython(old);
}

async function probe(program: string, { env, cwd, signal }: PythonSearch): Promise<Probe | undefined> {
  try {
    const options = { env, cwd, signal, timeout: TIMEOUT_MS };
    const { stdout } = await promisify(execFile)(program, ['-c', PROBE], {
      ...options,
      ...(signal === undefined ? {} : { signal }),
    });
    return JSON.parse(stdout) as Probe;
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

function isNewEnough({ version: [major, minor] }: Probe): boolean {
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

function noPython(programs: readonly string[]): ConfigError {
  return new ConfigError(`Cannot find Python: there is no ${programs.join(' or ')} in PATH.`, {
    code: 'HERMES_NO_PYTHON',
    nextStep: INSTALL,
  });
}

function oldPython({ executable, version }: Probe): ConfigError {
  return new ConfigError(`Cannot use this Python: Hermes needs ${MINIMUM.join('.')} or newer.`, {
    code: 'HERMES_OLD_PYTHON',
    facts: { python: executable, version: version.join('.') },
    nextStep: `${INSTALL} Or name another one in HERMES_PYTHON.`,
  });
}
