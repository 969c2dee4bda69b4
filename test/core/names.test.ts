import assert from 'node:assert/strict';
import fc from 'fast-check';
import { projectNameProblem, scriptNameProblem, teamNameProblem } from '../../src/core/names.ts';

describe('names', () => {
  it('accepts the names that teams use', () => {
    for (const name of ['weather', 'core-data-availability', 'rent_journey', 'team2'])
      assert.equal(teamNameProblem(name), undefined);
  });

  it('says what is wrong and offers a name that would do', () => {
    assert.equal(
      teamNameProblem('Rent Journey!'),
      'team name "Rent Journey!" is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them. For example: rent-journey',
    );
    assert.equal(teamNameProblem(''), 'team name is empty; use lower-case letters, digits, "-" and "_".');
  });

  it('refuses Python keywords and reserved folders as projects', () => {
    assert.equal(projectNameProblem('import'), 'project name "import" is a Python keyword; choose another.');
    assert.equal(projectNameProblem('tests'), 'project name "tests" is reserved; choose another.');
    assert.equal(
      projectNameProblem('hermes-runtime'),
      'project name "hermes-runtime" is reserved; choose another.',
    );
  });

  it('refuses the modules of Python as projects, not as scripts', () => {
    assert.equal(
      projectNameProblem('csv'),
      'project name "csv" is the name of a module of Python; choose another. For example: my-csv',
    );
    assert.equal(scriptNameProblem('calendar'), undefined);
    assert.equal(scriptNameProblem('import'), 'script name "import" is a Python keyword; choose another.');
  });

  it('accepts nothing that YAML, TOML, a shell or an S3 key could read as syntax', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        if (projectNameProblem(name) === undefined) assert.match(name, /^[a-z][a-z0-9_-]*[a-z0-9]$|^[a-z]$/);
      }),
    );
  });
});
