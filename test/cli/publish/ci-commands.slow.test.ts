import assert from 'node:assert/strict';
import { makeRepository, projectFiles } from '../../ci/repository.ts';
import { type Finished, hermes, printedObjects } from '../../hermes.ts';
import { temporaryFolder } from '../../setup.ts';

describe('hermes ci', () => {
  const repository = makeRepository(projectFiles('alpha'));
  repository.git('switch', '--quiet', '-c', 'feature');
  repository.push(projectFiles('alpha', { version: '0.0.9' }), 'feature');
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> =>
    hermes(repository.folder, ['ci', ...args], { HERMES_HOME: temporaryFolder(), ...env });
  const github = {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_REF: 'refs/pull/7/merge',
    GITHUB_HEAD_REF: 'feature',
    GITHUB_BASE_REF: 'master',
  };
  const sentence =
    'alpha goes back from version 0.1.0 to 0.0.9; versions only rise. Write version = "0.1.1" or higher.';

  it('check ends with 2, the line to edit, and the annotation that GitHub shows there', async () => {
    const { exitCode, stdout, stderr } = await run(['check'], github);
    assert.equal(exitCode, 2);
    assert.match(
      stdout,
      /^weather · against .{7}, where this left master\n {2}✗ alpha +0\.1\.0 → 0\.0\.9 {2}version lowered\n$/,
    );
    assert.equal(
      stderr,
      `::error file=alpha/pyproject.toml,line=3,col=1::${sentence}\nalpha/pyproject.toml:3:1  ${sentence}\n1 problem\n`,
    );
  });

  it('check says by hand what it would say in the pull request, without annotations', async () => {
    const { exitCode, stderr } = await run(['check', '--base', 'master']);
    assert.deepEqual([exitCode, stderr], [2, `alpha/pyproject.toml:3:1  ${sentence}\n1 problem\n`]);
    const json = await run(['check', '--json'], github);
    const [base, project] = printedObjects(json.stdout);
    assert.deepEqual(
      [base.event, project.state, JSON.parse(json.stderr).error.exitCode],
      ['base', 'lowered', 2],
    );
  });

  it('check has nothing to do by hand, and says so', async () => {
    const { exitCode, stdout } = await run(['check']);
    assert.deepEqual([exitCode, stdout], [0, 'not a pull request, nothing to check\n']);
  });

  it('explain prints one object with --json', async () => {
    const { exitCode, stdout } = await run(['explain', '--json'], github);
    const { event, decision } = JSON.parse(stdout);
    assert.deepEqual([exitCode, event.target, event.evidence.GITHUB_BASE_REF], [0, 'master', 'master']);
    assert.deepEqual(decision, { kind: 'nothing', reason: 'a pull request is tested, never published' });
  });
});
