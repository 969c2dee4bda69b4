import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { publish } from '../../ci/publish.ts';
import { resolveHome } from '../../src/config/home.ts';
import { makeRepository, projectFiles } from './repository.ts';
import { requestOf, run, travis } from './run-publish.ts';

describe('a publish of CI into its own checkout', () => {
  const repository = makeRepository(projectFiles('observations'));
  const home = resolveHome(repository.folder, {});
  const store = `file://${join(repository.folder, '.hermes', 'artifacts', 'dev')}`;

  it('is refused before anything is built: it would be lost, and look as if it was not', async () => {
    await assert.rejects(run(repository, home, travis(repository, 'master')), {
      code: 'HERMES_NO_STORE',
      message: `Cannot publish to dev [store=${store}]: hermes.yaml names no store for it, and this folder goes with the run of CI.`,
      nextStep:
        'Name one in hermes.yaml: artifacts: { dev: s3://acme-hermes-dev }. On a runner that keeps its disk, set HERMES_HOME to a folder outside of the checkout.',
      exitCode: 2,
    });
    assert.ok(!existsSync(join(repository.folder, '.hermes')));
  });

  it('is what a person may do by hand', async () => {
    const { CI: _ci, ...env } = process.env;
    const request = { ...requestOf(repository, home, env), dryRun: true };
    assert.equal((await publish(request, () => {})).kind, 'feature');
  });
});
