import { join } from 'node:path';
import { packageRoot } from '../../../src/core/package-root.ts';
import { pythonTools } from '../../python-tools.ts';
import { temporaryFolder } from '../../setup.ts';
import { openWorkspace, type TestWorkspace } from '../workspace-harness.ts';

/** A workspace with an environment to query, and the engine for it: installed once for all tests, by uv. */
export function openSqlWorkspace(): Promise<TestWorkspace> {
  const zone = { name: 'dev', products: temporaryFolder(), production: false, readPrefix: '' };
  return openWorkspace({
    machine: { ...process.env, PATH: `${pythonTools('test')}:${process.env.PATH}` },
    cacheFolder: join(packageRoot, '.cache', 'e2e'),
    zones: [zone],
  });
}
