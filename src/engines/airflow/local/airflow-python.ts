import { ConfigError } from '../../../core/errors.ts';
import { findPython, type Python, type PythonSearch } from '../../../core/python.ts';

/** The pinned packages need this one at least (soupsieve), and Airflow 3.3 is released for these. */
const OLDEST = [3, 11, 5] as const;
const NEWEST = [3, 13] as const;
const NAMES = ['python3.13', 'python3.12', 'python3.11'];

/**
 * Finds a Python for Airflow: the one that runs scripts, else one that has its version in its name.
 * @param release Of Airflow, for messages.
 * @throws ConfigError when none fits
 */
export async function findAirflowPython(search: PythonSearch, release: string): Promise<Python> {
  const first = await findPython(search);
  if (isFit(first)) return first;
  if ((search.env.HERMES_PYTHON ?? '') === '') {
    for (const name of NAMES) {
      const found = await findPython({ ...search, env: { ...search.env, HERMES_PYTHON: name } }).catch(
        () => undefined,
      );
      search.signal?.throwIfAborted();
      if (found !== undefined && isFit(found)) return found;
    }
  }
  throw new ConfigError(
    `Cannot install Airflow ${release}: it needs Python ${OLDEST.join('.')} to ${NEWEST.join('.')}.`,
    {
      code: 'HERMES_AIRFLOW_PYTHON',
      facts: { python: first.executable, version: first.version },
      nextStep: 'Install one of these, or name it in HERMES_PYTHON.',
    },
  );
}

function isFit({ version }: Python): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major !== 3 || minor > NEWEST[1]) return false;
  return minor > OLDEST[1] || (minor === OLDEST[1] && patch >= OLDEST[2]);
}
