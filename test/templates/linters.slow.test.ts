import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { templateKinds } from '../../src/templates/answers.ts';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { writeFiles } from '../../src/templates/write-files.ts';
import { goProgram } from '../go-program.ts';
import { pythonTools } from '../python-tools.ts';
import { temporaryFolder } from '../setup.ts';

const run = promisify(execFile);
const WORKFLOWS = '.github/workflows';
const actionlint = goProgram('github.com/rhysd/actionlint/cmd/actionlint', 'v1.7.12');

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

    it('zizmor finds nothing to say about the workflows, at its lowest severity and by its strictest view', async () => {
      const words = ['--offline', '--persona', 'auditor', '--format', 'json', WORKFLOWS];
      const { stdout } = await run(join(bin, 'zizmor'), words, { cwd: folder });
      assert.deepEqual(JSON.parse(stdout), []);
    });

    it('actionlint finds no mistake in the workflows, nor shellcheck in its steps', async function () {
      this.timeout(300_000);
      if (!actionlint.canBuild()) this.skip();
      const program = await actionlint.build();
      const workflows = readdirSync(join(folder, WORKFLOWS)).map((name) => join(WORKFLOWS, name));
      const words = ['-shellcheck', join(bin, 'shellcheck'), '-pyflakes', '', ...workflows];
      await assert.doesNotReject(run(program, words, { cwd: folder }));
    });

    it('shellcheck finds nothing in the scripts', async () => {
      await run('sh', ['-c', `exec "$0" -x build_tools/*.sh`, join(bin, 'shellcheck')], { cwd: folder });
    });
  });
}
