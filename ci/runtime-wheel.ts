import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/core/package-root.ts';
import type { BuiltFile } from './build.ts';
import { ownWheel } from './own-wheel.ts';

const SOURCE = join(packageRoot, 'operators', 'runtime');
const FILES = ['hermes_runtime/__init__.py', 'hermes_runtime/py.typed'];

/**
 * The wheel of `hermes_runtime` in the version of this Hermes: what scripts import to learn where they run. It belongs to
 * no project, so it never counts when builds are compared.
 */
export function runtimeWheel(): BuiltFile {
  const wheel = ownWheel({
    module: 'hermes_runtime',
    summary: 'Where a script of Hermes runs, what it may read there, and where it may write',
    requiresPython: '>=3.9',
    files: FILES.map((name) => [name, readFileSync(join(SOURCE, name))] as const),
  });
  return { ...wheel, kind: 'runtime', contentHash: wheel.sha256 };
}
