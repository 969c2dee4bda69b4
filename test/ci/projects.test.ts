import assert from 'node:assert/strict';
import { join } from 'node:path';
import { findProjects, selectProjects } from '../../ci/projects.ts';
import { findScripts } from '../../ci/scripts.ts';
import { makeRepository, projectFiles } from './repository.ts';

const problemsOf = async (files: Record<string, string>): Promise<string[]> => {
  const git = await makeRepository(files).open();
  return findProjects(git).then(
    () => [],
    (error: Error) => error.message.split('\n').map((line) => line.replace(/ {3,}/, '  ')),
  );
};

describe('the projects of a repository', () => {
  it('are the folders with a pyproject.toml that describes a package', async () => {
    const repository = makeRepository({
      ...projectFiles('observations', { version: 'v1.5', dependencies: '"smart-open>=7"' }),
      ...projectFiles('group/sea'),
      'group/sea/pyproject.toml':
        '[project]\nname = "sea-ice"\ndynamic = ["version"]\n[dependency-groups]\ntest = ["hypothesis"]\n',
      'pyproject.toml': '[tool.ruff]\nline-length = 100\n',
      'observations/tests/fixtures/pyproject.toml': '[project]\nname = "Nonsense!"\n',
      '.venv/lib/pyproject.toml': '[project]\n',
    });
    repository.write({
      '.hermes/x/pyproject.toml': '[project]\n',
      'fresh/pyproject.toml': '[project]\nname = "fresh"\nversion = "1"\n',
    });
    const projects = await findProjects(await repository.open());
    assert.deepEqual(
      projects.map(({ name, folder, version, versionPlace }) => [name, folder, version, versionPlace]),
      [
        ['fresh', 'fresh', '1', 'fresh/pyproject.toml:3'],
        ['sea-ice', 'group/sea', undefined, 'group/sea/pyproject.toml:1'],
        ['observations', 'observations', '1.5', 'observations/pyproject.toml:3'],
      ],
    );
    assert.deepEqual(projects[2]?.dependencies, ['smart-open>=7']);
    assert.deepEqual(projects[1]?.testDependencies, ['hypothesis']);
    assert.equal(projects[0]?.buildSystem.backend, 'setuptools.build_meta:__legacy__');
  });

  it('may be the repository itself', async () => {
    const git = await makeRepository({
      'pyproject.toml': '[project]\nname = "solo"\nversion = "1.0"\n',
    }).open();
    assert.deepEqual(
      (await findProjects(git)).map(({ name, folder }) => [name, folder]),
      [['solo', '']],
    );
  });

  it('are refused with every mistake at its place', async () => {
    const problems = await problemsOf({
      'a/pyproject.toml': '[project]\nname = "a"\n',
      'b/pyproject.toml': '[project]\nversion = "1.0"\n',
      'c/pyproject.toml': '[project]\nname = "Sea Ice"\nversion = "one"\n',
      'd/pyproject.toml': '[project]\nname = "d"\nversion = = 1\n',
      'e/pyproject.toml': '[build-system]\nrequires = []\n',
      'f/pyproject.toml': '[project]\nname = "f"\nversion = "1.0+mine"\n',
      'g/pyproject.toml': '[project]\nname = "g"\nversion = 1.0\ndependencies = "x"\n',
      'h/pyproject.toml': '[project]\nname = "H"\nversion = "two"\ndependencies = ["x", 4]\n',
    });
    assert.deepEqual(problems, [
      'a/pyproject.toml:1:1  version is missing in [project]. For example: version = "0.1.0"',
      'b/pyproject.toml:1:1  name is missing in [project].',
      'c/pyproject.toml:2:1  project name "Sea Ice" is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them. For example: sea-ice',
      'c/pyproject.toml:3:1  version "one" is not a Python version (PEP 440). For example: 1.2.0, 1.2.0rc1',
      'd/pyproject.toml:3:11  This is not TOML: invalid value.',
      'e/pyproject.toml:1:1  The table [project] with name and version is missing (PEP 621).',
      'f/pyproject.toml:3:1  version "1.0+mine" has a label behind "+"; Hermes adds one to the builds of branches, so write 1.0.',
      'g/pyproject.toml:3:1  project.version: Invalid input: expected string, received number',
      'g/pyproject.toml:4:1  project.dependencies: Invalid input: expected array, received string',
      'h/pyproject.toml:2:1  project name "H" is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them. For example: h',
      'h/pyproject.toml:3:1  version "two" is not a Python version (PEP 440). For example: 1.2.0, 1.2.0rc1',
      'h/pyproject.toml:4:1  project.dependencies.1: Invalid input: expected string, received number',
    ]);
  });

  it('may not share a name, not even one that differs by a dash', async () => {
    const problems = await problemsOf({
      'a/pyproject.toml': '[project]\nname = "sea-ice"\nversion = "1"\n',
      'b/pyproject.toml': '[project]\nname = "sea_ice"\nversion = "1"\n',
    });
    assert.deepEqual(problems, ['b/pyproject.toml  project name "sea_ice" is taken by a/pyproject.toml.']);
  });

  it('are found by name, with the nearest for a slip', async () => {
    const git = await makeRepository({
      ...projectFiles('observations'),
      ...projectFiles('helloworld'),
    }).open();
    const projects = await findProjects(git);
    assert.deepEqual(
      selectProjects(projects, ['helloworld']).map(({ name }) => name),
      ['helloworld'],
    );
    assert.equal(selectProjects(projects, []).length, 2);
    assert.throws(() => selectProjects(projects, ['helowrld']), {
      message: 'Cannot find project helowrld in this repository: there are helloworld, observations.',
      nextStep: 'Did you mean helloworld?',
    });
  });
});

describe('the scripts of a project', () => {
  it('are the modules of its package, without those that begin with an underscore', () => {
    const { folder } = makeRepository({
      ...projectFiles('sea-ice'),
      'sea-ice/sea_ice/monthly.py': '',
      'sea-ice/sea_ice/_tools.py': '',
      'sea-ice/sea_ice/__main__.py': '',
      'sea-ice/sea_ice/deeper/inner.py': '',
      'sea-ice/sea_ice/data.csv': '',
    });
    const { scripts, skipped } = findScripts(join(folder, 'sea-ice'), 'sea-ice');
    assert.deepEqual(
      scripts.map(({ name }) => name),
      ['monthly', 'sea_ice'],
    );
    assert.deepEqual(skipped, []);
  });

  it('may lie in src', () => {
    const { folder } = makeRepository({ 'x/src/x/x.py': '', 'x/other.py': '' });
    assert.deepEqual(
      findScripts(join(folder, 'x'), 'x').scripts.map(({ name }) => name),
      ['x'],
    );
  });

  it('leave out a module whose name cannot be a script, and say why', () => {
    const { folder } = makeRepository({ 'x/x/loadData.py': '' });
    const { scripts, skipped } = findScripts(join(folder, 'x'), 'x');
    assert.deepEqual(scripts, []);
    assert.equal(skipped[0]?.file, 'loadData.py');
    assert.match(
      skipped[0]?.reason ?? '',
      /^script name "loadData" is not allowed: .* For example: loaddata$/,
    );
  });

  it('are none where there is no package', () => {
    assert.deepEqual(findScripts(makeRepository().folder, 'x'), { scripts: [], skipped: [] });
  });
});
