import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { ConfigError } from '../../../core/errors.ts';
import { readPrivately, writePrivately } from './private-file.ts';

/** Python files of a repository, which Airflow loads as they are. */
export interface PythonFiles {
  /** The folder that holds them. */
  readonly folder: string;
  /** Below the folder, with `/`, in the order of their names. */
  readonly names: readonly string[];
}

/** All `*.py` below a folder; hidden ones and `__pycache__` are nobody's DAGs. None when there is no such folder. */
export function findPythonFiles(folder: string): PythonFiles {
  return { folder, names: existsSync(folder) ? namesBelow(folder, '') : [] };
}

function namesBelow(folder: string, prefix: string): readonly string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && name !== '__pycache__' && name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = `${prefix}${entry.name}`;
      if (entry.isDirectory()) return namesBelow(folder, `${name}/`);
      const isFile = entry.isFile() || statSync(join(folder, name), { throwIfNoEntry: false })?.isFile();
      return name.endsWith('.py') && isFile === true ? [name] : [];
    });
}

const LIST = 'python-files.json';

/**
 * Keeps copies of Python files where an Airflow of this machine loads DAGs: writes those that changed, and removes what
 * an earlier call copied and is gone.
 * @param instance The folder of the Airflow
 * @param taken Names that Hermes itself writes there
 * @throws ConfigError for a file with such a name
 */
export async function applyPythonFiles(
  instance: string,
  { folder, names }: PythonFiles,
  taken: Iterable<string>,
): Promise<void> {
  const dags = join(instance, 'dags');
  const reserved = new Set(taken);
  const clash = names.find((name) => reserved.has(name));
  if (clash !== undefined) throw nameTaken(clash);
  const before = z
    .array(z.string())
    .catch([])
    .parse(readPrivately(join(instance, LIST)));
  const gone = before.filter((name) => !names.includes(name) && !reserved.has(name));
  // Both, so that another call finishes what this one could not.
  writePrivately(join(instance, LIST), [...names, ...gone]);
  for (const name of names) {
    const bytes = readFileSync(join(folder, name));
    const target = join(dags, name);
    if (existsSync(target) && bytes.equals(readFileSync(target))) continue;
    mkdirSync(dirname(target), { recursive: true });
    await writeFileAtomic(target, bytes, { fsync: false });
  }
  for (const name of gone) removeFile(dags, name);
  writePrivately(join(instance, LIST), names);
}

/** With the folders that it leaves empty but for what Python compiled. */
function removeFile(dags: string, name: string): void {
  rmSync(join(dags, name), { force: true });
  for (let folder = dirname(name); folder !== '.'; folder = dirname(folder)) {
    const path = join(dags, folder);
    if (!existsSync(path)) continue;
    if (readdirSync(path).some((each) => each !== '__pycache__')) return;
    rmSync(join(path, '__pycache__'), { recursive: true, force: true });
    rmdirSync(path);
  }
}

function nameTaken(name: string): ConfigError {
  return new ConfigError(`Cannot hand over the Python file ${name}: Hermes writes a file of that name.`, {
    code: 'HERMES_PYTHON_FILE_NAME',
    nextStep: 'Give it another name.',
  });
}
