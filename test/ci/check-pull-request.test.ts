import assert from 'node:assert/strict';
import { makeRepository, projectFiles, type Repository } from './repository.ts';
import { check, pullRequest } from './run-check.ts';

// Nothing here may need Python: what can be seen in pyproject.toml is not built.
const withoutPython = pullRequest('master', { HERMES_PYTHON: '/nowhere/python' });

/** A repository with two projects, and a branch `feature` checked out. */
function withFeature(): Repository {
  const repository = makeRepository({
    ...projectFiles('alpha'),
    ...projectFiles('beta', { version: '1.0' }),
  });
  repository.git('switch', '--quiet', '-c', 'feature');
  return repository;
}

describe('the check of a pull request', () => {
  it('passes projects that are new, raised or unchanged, without building anything', async () => {
    const repository = withFeature();
    repository.push(
      { ...projectFiles('alpha', { version: '0.2.0', body: 'x = 1\n' }), ...projectFiles('gamma') },
      'feature',
    );
    const { lines, problems } = await check(repository, withoutPython);
    assert.deepEqual(lines, ['alpha: raised 0.1.0 → 0.2.0', 'beta: unchanged', 'gamma: new 0.1.0']);
    assert.deepEqual(problems, []);
  });

  it('refuses versions that fall, and ones that the target took meanwhile, each at its line', async () => {
    const repository = withFeature();
    repository.push(
      {
        ...projectFiles('alpha', { version: '0.0.9' }),
        ...projectFiles('beta', { version: '1.1', body: 'x = 1\n' }),
      },
      'feature',
    );
    repository.git('switch', '--quiet', 'master');
    repository.push(projectFiles('beta', { version: '1.1.0', body: 'x = 2\n' }));
    repository.git('switch', '--quiet', 'feature');
    const { lines, problems } = await check(repository, withoutPython);
    assert.deepEqual(lines, ['alpha: lowered 0.1.0 → 0.0.9', 'beta: taken 1.0 → 1.1']);
    assert.deepEqual(problems, [
      {
        file: 'alpha/pyproject.toml',
        line: 3,
        column: 1,
        message: 'alpha goes back from version 0.1.0 to 0.0.9; versions only rise.',
        hint: 'Write version = "0.1.1" or higher.',
      },
      {
        file: 'beta/pyproject.toml',
        line: 3,
        column: 1,
        message: 'beta 1.1 is too low: master stands at 1.1.0 meanwhile.',
        hint: 'Write version = "1.1.1" or higher.',
      },
    ]);
  });

  it('finds a project that moved by its name, and takes what the target holds already', async () => {
    const repository = withFeature();
    repository.git('mv', 'alpha', 'elsewhere');
    repository.push(
      { 'elsewhere/pyproject.toml': projectFiles('alpha', { version: '0.3' })['alpha/pyproject.toml'] ?? '' },
      'feature',
    );
    repository.push(projectFiles('beta', { version: '1.1', body: 'x = 1\n' }), 'feature');
    repository.git('switch', '--quiet', 'master');
    repository.push(projectFiles('beta', { version: '1.1', body: 'x = 1\n' }));
    repository.git('switch', '--quiet', 'feature');
    const { lines } = await check(repository, withoutPython);
    assert.deepEqual(lines, ['beta: as-target 1.1 → 1.1', 'alpha: raised 0.1.0 → 0.3']);
  });

  it('reads the commit, not what lies around it', async () => {
    const repository = withFeature();
    repository.push(projectFiles('alpha', { version: '0.2.0', body: 'x = 1\n' }), 'feature');
    repository.write({ ...projectFiles('alpha', { version: '0.1.0' }), ...projectFiles('delta') });
    assert.deepEqual((await check(repository, withoutPython)).lines, [
      'alpha: raised 0.1.0 → 0.2.0',
      'beta: unchanged',
    ]);
  });

  it('has nothing to do outside a pull request, nor for one into a branch that is not released', async () => {
    const repository = withFeature();
    repository.push(projectFiles('alpha', { version: '0.0.1' }), 'feature');
    const push = {
      ...process.env,
      CI: 'true',
      TRAVIS: 'true',
      TRAVIS_EVENT_TYPE: 'push',
      TRAVIS_BRANCH: 'feature',
    };
    assert.deepEqual((await check(repository, push)).events, [
      { event: 'nothing', reason: 'not a pull request, nothing to check' },
    ]);
    repository.push({ 'hermes.yaml': 'hermes: ^1.0\nteam: weather\ndefault_branch: main\n' }, 'feature');
    assert.deepEqual((await check(repository, withoutPython)).events, [
      { event: 'nothing', reason: 'a pull request into master: only main is released, nothing to check' },
    ]);
    assert.deepEqual((await check(repository, push, 'master')).lines, [
      'alpha: lowered 0.1.0 → 0.0.1',
      'beta: unchanged',
    ]);
  });

  it('never takes a checkout of the target for a pull request that changes nothing', async () => {
    const repository = withFeature();
    await assert.rejects(check(repository, withoutPython), {
      message:
        /^Cannot check the pull request \[commit=.{7}\]: what is checked out is on master already, not the pull request\.$/,
      nextStep:
        'Check out the commit of the pull request. On GitHub, let the workflow run on pull_request, not on pull_request_target.',
    });
    assert.deepEqual((await check(repository, process.env, 'master')).events, [
      { event: 'nothing', reason: 'master holds this commit already, nothing to check' },
    ]);
  });

  it('asks for the target where CI does not name it', async () => {
    await assert.rejects(check(withFeature(), pullRequest('')), {
      message:
        'Cannot check the pull request [ci=travis]: CI does not say which branch it is going to change.',
      nextStep: 'Name it: hermes ci check --base BRANCH',
    });
  });

  it('says every mistake of a pyproject.toml, and lets the old one be wrong', async () => {
    const repository = makeRepository({ 'alpha/pyproject.toml': '[project\n' });
    repository.git('switch', '--quiet', '-c', 'feature');
    repository.push(projectFiles('alpha'), 'feature');
    assert.deepEqual((await check(repository, withoutPython)).lines, ['alpha: new 0.1.0']);
    repository.push({ 'alpha/pyproject.toml': '[project]\nname = "alpha"\nversion = "one"\n' }, 'feature');
    const [problem] = (await check(repository, withoutPython)).problems;
    assert.deepEqual([problem?.file, problem?.line], ['alpha/pyproject.toml', 3]);
  });
});
