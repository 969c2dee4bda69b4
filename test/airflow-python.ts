import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/core/package-root.ts';
import { installedAirflow } from './airflow-harness.ts';
import { pythonTools } from './python-tools.ts';

const AIRFLOW_2 = join(packageRoot, 'test', 'fixtures', 'python', 'airflow2.txt');

/** The Python of a real Airflow of that major version, with the providers that a compiled DAG needs. */
export async function airflowPython(major: 2 | 3): Promise<string> {
  return major === 3 ? (await installedAirflow()).python : airflow2();
}

/** Installed by uv from PyPI the first time, kept under `.cache/` afterwards. */
function airflow2(): string {
  const content = createHash('sha256').update(readFileSync(AIRFLOW_2)).digest('hex').slice(0, 12);
  const folder = join(packageRoot, '.cache', 'python', `airflow2-${content}`);
  const python = join(folder, 'bin', 'python');
  const ready = join(folder, 'ready');
  if (!existsSync(ready)) {
    const uv = join(pythonTools('test'), 'uv');
    rmSync(folder, { recursive: true, force: true });
    execFileSync(uv, ['venv', '--quiet', '--python', '3.11', folder]);
    const install = ['pip', 'install', '--quiet', '--require-hashes', '--python', python];
    execFileSync(uv, [...install, '--requirement', AIRFLOW_2]);
    writeFileSync(ready, '');
  }
  return python;
}
