import assert from 'node:assert/strict';
import { makeRepository, projectFiles } from '../../ci/repository.ts';
import { travis } from '../../ci/run-publish.ts';
import { hermes } from '../../hermes.ts';
import { temporaryFolder } from '../../setup.ts';

describe('what hermes publish prints', function () {
  this.timeout(300_000);

  it('puts what is unchanged last, and says how to run a release that latest passed over', async () => {
    const repository = makeRepository({
      ...projectFiles('alpha', { version: '1.0.0' }),
      ...projectFiles('observations'),
    });
    const home = { HERMES_HOME: temporaryFolder() };
    const publish = async (): Promise<string[]> => {
      const env = { ...travis(repository, 'master'), ...home };
      const { exitCode, stdout } = await hermes(repository.folder, ['publish'], env);
      assert.equal(exitCode, 0);
      return stdout.trimEnd().split('\n');
    };
    const first = await publish();
    assert.deepEqual(first.slice(-2), ['Run it:  hermes run alpha', '         hermes run observations']);

    repository.push(projectFiles('alpha', { version: '0.9.1' }));
    const hotfix = await publish();
    const facts = hotfix.map((line) => line.trim().split(/ {2,}/).slice(0, 2).join(' ').replace(/→.*/, ''));
    assert.deepEqual(
      facts.map((fact) => fact.replace(/since \w{7}/, 'since COMMIT')),
      [
        'weather · push to master (the default branch) ',
        'alpha 0.9.1',
        '✓ tests 1 passed',
        '✓ wheel alpha-0.9.1-py3-none-any.whl',
        '✓ uploaded 2 files, manifest ',
        '- latest dev: latest stands at 1.0.0, which is higher',
        '✓ uploaded 2 files, manifest ',
        '- latest prod: latest stands at 1.0.0, which is higher',
        'observations 0.1.0 unchanged since COMMIT, nothing to do',
        'Run it: hermes run alpha --version 0.9.1',
      ],
    );
  });
});
