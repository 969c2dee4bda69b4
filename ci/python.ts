import { ConfigError } from '../src/core/errors.ts';
import { runCommand } from './subprocess.ts';

/** A Python that can make environments. */
export interface Python {
  /** Absolute path of the interpreter itself, not of a shim. */
  readonly executable: string;
  /** `3.11.7` */
  readonly version: string;
  /** How packages get into an environment: this Python's pip from outside, or a pip inside each environment. */
  readonly pip: 'outside' | 'inside';
}

export interface PythonSearch {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
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
 * Finds the Python for tests and builds: `HERMES_PYTHON`, else `python3`, else `python` in PATH.
 * @throws ConfigError when there is none, it is older than 3.10, or it cannot make environments
 */
export async function findPython(search: PythonSearch): Promise<Python> {
  const named = search.env.HERMES_PYTHON;
  const programs = named === undefined || named === '' ? ['python3', 'python'] : [named];
  for (const program of programs) {
    const probe = await probePython(program, search);
    if (probe !== undefined) return checked(probe);
  }
  throw new ConfigError(`Cannot find Python: there is no ${programs.join(' or ')} in PATH.`, {
    code: 'HERMES_NO_PYTHON',
    nextStep: INSTALL,
  });
}

async function probePython(program: string, search: PythonSearch): Promise<Probe | undefined> {
  try {
    const result = await runCommand(program, ['-c', PROBE], search);
    return result.exitCode === 0 ? (JSON.parse(result.stdout) as Probe) : undefined;
  } catch (error) {
    if (
      ['ENOENT', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '') ||
      error instanceof SyntaxError
    ) {
      return undefined;
    }
    throw error;
  }
}

function checked({ executable, version, pip, venv, ensurepip }: Probe): Python {
  const text = version.join('.');
  const facts = { python: executable, version: text };
  if (version[0] !== MINIMUM[0] || version[1] < MINIMUM[1]) {
    throw new ConfigError(`Cannot use this Python: Hermes needs ${MINIMUM.join('.')} or newer.`, {
      code: 'HERMES_OLD_PYTHON',
      facts,
      nextStep: `${INSTALL} Or name another one in HERMES_PYTHON.`,
    });
  }
  // pip manages another interpreter since 22.3: https://pip.pypa.io/en/stable/news/#v22-3
  const [major = 0, minor = 0] = pip.split('.').map(Number);
  const outside = major > 22 || (major === 22 && minor >= 3);
  if (venv && (outside || ensurepip))
    return { executable, version: text, pip: outside ? 'outside' : 'inside' };
  const missing = venv ? 'pip' : 'venv';
  throw new ConfigError(`Cannot use this Python: its module ${missing} is missing.`, {
    code: 'HERMES_PYTHON_MODULE',
    facts,
    nextStep: `Install it: apt install python3-${missing} (Debian, Ubuntu). Or name another Python in HERMES_PYTHON.`,
  });
}
