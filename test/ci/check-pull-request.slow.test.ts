import assert from 'node:assert/strict';
import { makeRepository, projectFiles, type Repository } from './repository.ts';
import { check } from './run-check.ts';

const dynamic = (body: string): Record<string, string> => ({
  ...projectFiles('alpha', { body }),
  'alpha/pyproject.toml': `[project]
name = "alpha"
dynamic = ["version"]
requires-python = ">=3.10"

[build-system]
requires = ["hatchling==1.33.0"]
build-backend = "hatchling.build"

[tool.hatch.version]
path = "alpha/alpha.py"

[tool.hatch.build.targets.wheel]
packages = ["alpha"]
`,
});

/** Master with some files, and a branch `feature` that changes some. */
function change(before: Record<string, string>, after: Record<string, string>): Repository {
  const repository = makeRepository(before);
  repository.git('switch', '--quiet', '-c', 'feature');
  repository.push(after, 'feature');
  return repository;
}

describe('the check of a pull request that leaves a version as it is', () => {
  it('builds both sides, and refuses what would publish something else, at the line to edit', async () => {
    const { lines, problems } = await check(
      change(projectFiles('alpha'), { 'alpha/alpha/alpha.py': 'x = 1\n' }),
    );
    assert.deepEqual(lines, ['alpha: same 0.1.0 → 0.1.0']);
    assert.deepEqual(problems, [
      {
        file: 'alpha/pyproject.toml',
        line: 3,
        column: 1,
        message: 'alpha changes, but its version stays 0.1.0, and a version that is published never changes.',
        hint: 'Write version = "0.1.1" or higher.',
      },
    ]);
  });

  it('passes changes of tests and notes, which nobody publishes', async () => {
    const after = { 'alpha/tests/test_more.py': 'def test(): pass\n', 'alpha/NOTES.md': 'Read me.\n' };
    const { lines, problems } = await check(change(projectFiles('alpha'), after));
    assert.deepEqual([lines, problems], [['alpha: same-content 0.1.0 → 0.1.0'], []]);
  });

  it('counts what could not be built before as changed', async () => {
    const broken = projectFiles('alpha', { body: 'def broken(:\n' });
    const { lines } = await check(change(broken, { 'alpha/alpha/alpha.py': 'x = 1\n' }));
    assert.deepEqual(lines, ['alpha: same 0.1.0 → 0.1.0']);
  });

  it('fails with the words of Python when the work cannot be built', async () => {
    await assert.rejects(check(change(projectFiles('alpha'), { 'alpha/alpha/alpha.py': 'def broken(:\n' })), {
      name: 'WorkFailedError',
      message: /^Cannot publish alpha \[python=.*\]: Python cannot read\n {2}alpha\/alpha\/alpha\.py:1 {2}/,
    });
  });

  it('takes a version that the build says from the wheels', async () => {
    const before = dynamic('__version__ = "1.0"\n');
    const same = await check(change(before, { 'alpha/alpha/alpha.py': '__version__ = "1.0"\nx = 1\n' }));
    assert.deepEqual(same.lines, ['alpha: same 1.0 → 1.0']);
    assert.deepEqual(same.problems, [
      {
        file: 'alpha/pyproject.toml',
        line: 3,
        column: 1,
        message: 'alpha changes, but its version stays 1.0, and a version that is published never changes.',
        hint: 'Let its build say 1.1 or higher.',
      },
    ]);
    const raised = await check(change(before, { 'alpha/alpha/alpha.py': '__version__ = "1.1"\n' }));
    assert.deepEqual(raised.lines, ['alpha: raised 1.0 → 1.1']);
    const unknown = await check(
      change(dynamic('no version\n'), { 'alpha/alpha/alpha.py': '__version__ = "1.1"\n' }),
    );
    assert.deepEqual(unknown.lines, ['alpha: unknown-before 1.1']);
  });
});
