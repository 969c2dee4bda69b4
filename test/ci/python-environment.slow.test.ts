import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { preparePythonEnvironment } from '../../ci/python-environment.ts';
import { findPython } from '../../src/core/python.ts';
import { pythonTools } from '../python-tools.ts';
import { temporaryFolder } from '../setup.ts';
import { installerBelow, writeWheel } from '../write-wheel.ts';

describe('a prepared Python environment', function () {
  this.timeout(300_000);
  const own = { PATH: process.env.PATH, HOME: temporaryFolder() };
  const index = pathToFileURL(own.HOME).href;
  const withUv = (more: NodeJS.ProcessEnv) => ({
    ...own,
    ...more,
    PATH: `${pythonTools('test')}:${own.PATH}`,
  });
  const cases: readonly [string, () => NodeJS.ProcessEnv, string][] = [
    ['pip', () => own, 'pip'],
    ['uv where it is on PATH and knows its index', () => withUv({ UV_DEFAULT_INDEX: index }), 'uv'],
    ['pip where pip has an index that uv would not ask', () => withUv({ PIP_FIND_LINKS: own.HOME }), 'pip'],
  ];
  for (const [title, environment, installer] of cases) {
    it(`is filled by ${title}`, async () => {
      const wheel = await writeWheel('1.5.0', '');
      const cache = temporaryFolder();
      const env = environment();
      const python = await findPython({ cwd: cache, env });
      const wish = {
        python,
        requirements: [`observations @ ${pathToFileURL(wheel).href}`],
        purpose: 'a test',
      };
      const interpreter = await preparePythonEnvironment(wish, { cache, env });
      assert.equal(installerBelow(join(dirname(dirname(interpreter)), 'lib')), installer);
    });
  }
});
