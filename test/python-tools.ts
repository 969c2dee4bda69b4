import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { packageRoot } from '../src/core/package-root.ts';

/**
 * The folder of the programs (python, uv, zizmor, …) that `test/fixtures/python/<name>.txt` pins, with hashes.
 * Installed from PyPI the first time, kept under `.cache/` afterwards.
 */
export function pythonTools(name: 'test' | 'bench' | 'databricks-cli'): string {
  const requirements = join(packageRoot, 'test', 'fixtures', 'python', `${name}.txt`);
  const content = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(packageRoot, '.cache', 'python', `${name}-${content}`);
  const bin = join(folder, 'bin');
  const ready = join(folder, 'ready');
  if (!existsSync(ready)) {
    rmSync(folder, { recursive: true, force: true });
    execFileSync('python3', ['-m', 'venv', folder]);
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes'];
    execFileSync(join(bin, 'python'), [...install, '--requirement', requirements]);
    writeFileSync(ready, '');
    // What other pins needed is of no use any more.
    for (const other of readdirSync(dirname(folder)))
      if (other.startsWith(`${name}-`) && other !== basename(folder))
        rmSync(join(dirname(folder), other), { recursive: true, force: true });
  }
  return bin;
}
