import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

/** The machine's Python, behind shims and links. */
export interface PythonInterpreter {
  readonly executable: string;
  /** `3.11.7` */
  readonly version: string;
}

/** Why no script can run here; the message says what to install. */
export class PythonMissingError extends Error {}

const MINIMUM = [3, 10] as const;
const PROBE = "import sys; print(sys.executable); print('%d.%d.%d' % sys.version_info[:3])";

/**
 * Makes a function that answers the machine's Python: `python3`, else `python`, on the PATH of `environment`.
 * Looks it up once, and again when the file has gone.
 */
export function pythonFinder(environment: NodeJS.ProcessEnv): () => Promise<PythonInterpreter> {
  let known: PythonInterpreter | undefined;
  return async () => {
    if (known === undefined || !existsSync(known.executable)) known = await findPython(environment);
    return known;
  };
}

async function findPython(environment: NodeJS.ProcessEnv): Promise<PythonInterpreter> {
  const tooOld: string[] = [];
  for (const name of ['python3', 'python']) {
    const found = await probe(name, environment);
    if (found === undefined) continue;
    const [major = 0, minor = 0] = found.version.split('.').map(Number);
    if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return found;
    tooOld.push(`${found.executable} is ${found.version}`);
  }
  const why = tooOld.length > 0 ? `the one here is too old (${tooOld.join(', ')})` : 'none was found on PATH';
  throw new PythonMissingError(
    `Python ${MINIMUM.join('.')} or newer is needed to run scripts, and ${why}. Install python3 (Debian and Ubuntu: apt install python3 python3-venv python3-pip; macOS: brew install python; or https://www.python.org/downloads/), then start the workspace again.`,
  );
}

async function probe(name: string, env: NodeJS.ProcessEnv): Promise<PythonInterpreter | undefined> {
  try {
    const { stdout } = await promisify(execFile)(name, ['-c', PROBE], { env, timeout: 20_000 });
    const [executable, version] = stdout.split('\n').map((line) => line.trim());
    return executable && version ? { executable, version } : undefined;
  } catch {
    return undefined;
  }
}
