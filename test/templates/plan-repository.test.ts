import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { type Answers, checkAnswers, templateKinds } from '../../src/templates/answers.ts';
import { planRepository } from '../../src/templates/plan-repository.ts';
import type { RenderedFile } from '../../src/templates/render-template.ts';

const answers: Answers = {
  name: 'weather',
  team: 'team-w',
  project: 'helloworld',
  authorName: 'Ana López',
  authorEmail: 'ana@example.com',
};

describe('a planned repository', () => {
  it('of data products holds these files', () => {
    assert.deepEqual(paths(planRepository('product', answers)), [
      '.github/workflows/ci.yml',
      '.gitignore',
      '.hermes/template.json',
      '.travis.yml',
      'CODEOWNERS',
      'README.md',
      'build_tools/deploy.sh *',
      'build_tools/test.sh *',
      'helloworld/helloworld/__init__.py',
      'helloworld/helloworld/helloworld.py',
      'helloworld/helloworld/sample.csv',
      'helloworld/pyproject.toml',
      'helloworld/tests/test_helloworld.py',
      'hermes.yaml',
    ]);
  });

  it('of DAGs holds these files', () => {
    const found = paths(planRepository('airflow', answers)).filter(
      (path) => path !== '.hermes/dag.schema.json',
    );
    assert.deepEqual(found, [
      '.github/workflows/ci.yml',
      '.gitignore',
      '.hermes/template.json',
      'CODEOWNERS',
      'Jenkinsfile',
      'README.md',
      'build_tools/test.sh *',
      'dags/helloworld.dag.yaml',
      'hermes.yaml',
      'variables/dev.json',
      'variables/prod.json',
    ]);
  });

  it('is the same bytes every time, and records each file', () => {
    for (const kind of templateKinds) {
      const files = planRepository(kind, answers);
      assert.deepEqual(planRepository(kind, answers), files);
      const record = JSON.parse(textOf(files, '.hermes/template.json'));
      assert.deepEqual([record.kind, record.answers], [kind, answers]);
      assert.deepEqual(
        Object.keys(record.files),
        files
          .map((file) => file.path)
          .filter((path) => path !== '.hermes/template.json')
          .sort(),
      );
    }
  });

  it('marks CI as managed and everything that a team edits as sample', () => {
    const record = JSON.parse(textOf(planRepository('product', answers), '.hermes/template.json'));
    const managed = Object.keys(record.files).filter((path) => record.files[path].owner === 'managed');
    assert.deepEqual(managed, [
      '.github/workflows/ci.yml',
      '.gitignore',
      '.travis.yml',
      'build_tools/deploy.sh',
      'build_tools/test.sh',
    ]);
  });

  it('has no expression inside a run: step and no action that is not pinned', () => {
    for (const kind of templateKinds) {
      const text = textOf(planRepository(kind, answers), '.github/workflows/ci.yml');
      assert.ok(!text.includes('${{'));
      const workflow = parseYaml(text);
      assert.deepEqual(workflow.permissions, { contents: 'read' });
      for (const step of workflow.jobs.ci.steps) {
        assert.match(step.uses ?? '', step.uses === undefined ? /^$/ : /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      }
    }
  });

  it('keeps the braces of others', () => {
    const dag = textOf(planRepository('airflow', answers), 'dags/helloworld.dag.yaml');
    assert.ok(dag.includes('# parameters: ["--day", "{{ ds }}"]'));
    assert.equal(parseYaml(dag).dag, 'team_w_helloworld');
  });

  it('says the same author in TOML, YAML and JSON as was answered, whatever the name', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
    const name = fc.oneof(text, fc.stringMatching(/^["'\\{}#$&<>`%: \]-]{1,20}$/));
    fc.assert(
      fc.property(name, fc.emailAddress({ size: 'small' }), (authorName, authorEmail) => {
        const given = { ...answers, authorName, authorEmail };
        fc.pre(isTaken(given));
        const product = planRepository('product', given);
        const pyproject = parseToml(textOf(product, 'helloworld/pyproject.toml'));
        const [author] = (pyproject.project as { authors: unknown[] }).authors;
        assert.deepEqual({ ...(author as object) }, { name: authorName, email: authorEmail });
        assert.deepEqual(JSON.parse(textOf(product, '.hermes/template.json')).answers, given);
        assert.deepEqual(textOf(product, 'CODEOWNERS').trimEnd().split('\n').at(-1), `* ${authorEmail}`);
      }),
      { numRuns: 60 },
    );
  });

  it('says the same names in YAML and TOML as were answered, whatever they look like', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}([_-][a-z0-9]{1,8}){0,2}$/);
    fc.assert(
      fc.property(word, word, word, (name, team, project) => {
        const given = { ...answers, name, team, project };
        fc.pre(isTaken(given));
        for (const kind of templateKinds) {
          assert.equal(parseYaml(textOf(planRepository(kind, given), 'hermes.yaml')).team, team);
        }
        const toml = parseToml(textOf(planRepository('product', given), `${project}/pyproject.toml`));
        assert.equal((toml.project as { name: string }).name, project);
      }),
      {
        numRuns: 60,
        examples: [
          ['no', 'null', 'yes'],
          ['true', 'false', 'on'],
          ['e', 'y', 'n'],
        ],
      },
    );
  });
});

function paths(files: readonly RenderedFile[]): string[] {
  return files.map((file) => file.path + (file.executable ? ' *' : '')).sort();
}

function textOf(files: readonly RenderedFile[], path: string): string {
  const file = files.find((candidate) => candidate.path === path);
  assert.ok(file, `no ${path}`);
  return file.bytes.toString();
}

function isTaken(given: Answers): boolean {
  try {
    checkAnswers(given);
    return true;
  } catch {
    return false;
  }
}
