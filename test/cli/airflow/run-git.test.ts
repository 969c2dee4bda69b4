import assert from 'node:assert/strict';
import { runGit } from '../../../src/cli/airflow/run-git.ts';
import { temporaryFolder } from '../../setup.ts';

describe('git for deploys', () => {
  it('works in its own repository, with the settings that variables give', async () => {
    const folder = temporaryFolder();
    const helper = '!f() { echo "password=$TOKEN"; }; f';
    const git = runGit({
      ...process.env,
      GIT_DIR: '/nowhere',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'credential.helper',
      GIT_CONFIG_VALUE_0: helper,
    });
    assert.equal((await git(folder, ['init', '--quiet', '--bare'], {})).exitCode, 0);
    const { stdout } = await git(folder, ['config', 'credential.helper'], {});
    assert.equal(stdout, `${helper}\n`);
    const { exitCode, stdout: said } = await git(folder, ['hash-object', '--stdin'], { input: 'a' });
    assert.deepEqual([exitCode, said.trim()], [0, '2e65efe2a145dda7ee51d1741299f848e5bf752e']);
  });

  it('says that there is no git', async () => {
    await assert.rejects(runGit({ PATH: temporaryFolder() })(temporaryFolder(), ['version'], {}), {
      message: 'Cannot find git on the PATH.',
    });
  });
});
