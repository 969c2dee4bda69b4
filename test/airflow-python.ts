import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/core/package-root.ts';
import { pythonTools } from './python-tools.ts';

/** Where the versions of each Airflow are pinned, with hashes. */
const requirements = {
  3: ['src', 'engines', 'airflow', 'local', 'requirements.txt'],
  2: ['test', 'fixtures', 'python', 'airflow2.txt'],
} as const;

/**
 * The Python of a real Airflow of that major version, with the providers that a compiled DAG needs.
 * Installed by uv from PyPI the first time, kept under `.cache/` afterwards.
 */
export function airflowPython(major: 2 | 3): string {
  const file = join(packageRoot, ...requirements[major]);
  const content = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
  const folder = join(packageRoot, '.cache', 'python', `airflow${major}-${content}`);
  const python = join(folder, 'bin', 'python');
  const ready = join(folder, 'ready');
  if (!existsSync(ready)) {
    const uv = join(pythonTools('test'), 'uv');
    rmSync(folder, { recursive: true, force: true });
    execFileSync(uv, ['venv', '--quiet', '--python', '3.11', folder]);
    const install = ['pip', 'install', '--quiet', '--require-hashes', '--python', python];
    execFileSync(uv, [...install, '--requirement', file]);
    writeFileSync(ready, '');
  }
  return python;
}
