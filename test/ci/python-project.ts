import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildWheel, type WheelBuild } from '../../ci/build-wheel.ts';
import type { WheelFile } from '../../ci/reversion-wheel.ts';
import { findPython } from '../../src/core/python.ts';
import { temporaryFolder } from '../setup.ts';
import { cache } from './run-publish.ts';

/** The table `[build-system]` of every back end that we try, each with the settings it needs, in one pinned version. */
export const backends: Readonly<Record<string, { requires: string[]; backend: string; settings?: string }>> =
  {
    setuptools: { requires: ['setuptools==84.2.1'], backend: 'setuptools.build_meta' },
    hatchling: { requires: ['hatchling==1.33.0'], backend: 'hatchling.build' },
    'poetry-core': { requires: ['poetry-core==2.5.0'], backend: 'poetry.core.masonry.api' },
    flit_core: { requires: ['flit_core==4.2.0'], backend: 'flit_core.buildapi' },
    uv_build: {
      requires: ['uv_build==0.13.6'],
      backend: 'uv_build',
      settings: '[tool.uv.build-backend]\nmodule-root = ""\n',
    },
  };

/** A small project with a script, a module, data and an executable, as a back end finds it in its copy. */
export function projectOf(name: string): Record<string, string> {
  const { requires, backend, settings = '' } = backends[name] ?? { requires: [], backend: name };
  const system = `[build-system]\nrequires = ${JSON.stringify(requires)}\nbuild-backend = "${backend}"\n`;
  return {
    'pyproject.toml': `[project]\nname = "sea-data"\nversion = "1.2.0"\nrequires-python = ">=3.10"\ndescription = "For tests"\nreadme = "README.md"\n\n${system}\n${settings}`,
    'README.md': '# Sea\n\nVersion: 9 is not a header\n',
    'sea_data/__init__.py': '"""Sea."""\n',
    'sea_data/sea_data.py': 'def answer():\n    return 42\n',
    'sea_data/día.py': 'x = 1\n',
    'sea_data/run.sh': '#!/bin/sh\n',
  };
}

export function writeFiles(files: Readonly<Record<string, string>>): string {
  const folder = join(temporaryFolder(), 'copy');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: path.endsWith('.sh') ? 0o777 : 0o666 });
  }
  return folder;
}

/** Builds a copy in this process, in environments that the tests of a file share. */
export async function build(
  folder: string,
  system: { requires?: readonly string[]; backend: string; backendPath?: readonly string[] },
  more: Partial<WheelBuild> = {},
): Promise<WheelFile> {
  const { requires = [], backend, backendPath = [] } = system;
  return buildWheel({
    projectName: 'sea-data',
    folder,
    buildSystem: { requires, backend, backendPath },
    python: await findPython({ cwd: folder, env: process.env }),
    changedAtSeconds: 1_700_000_000,
    scratch: temporaryFolder(),
    cache,
    env: process.env,
    ...more,
  });
}
