import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { templateKinds } from '../../src/templates/answers.ts';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { writeFiles } from '../../src/templates/write-files.ts';
import { pythonTools } from '../python-tools.ts';
import { temporaryFolder } from '../setup.ts';

const run = promisify(execFile);

for (const kind of templateKinds) {
  describe(`linters on a repository of kind ${kind}`, () => {
    const folder = temporaryFolder();
    let bin = '';
    before(function () {
      this.timeout(300_000);
      bin = pythonTools('test');
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
