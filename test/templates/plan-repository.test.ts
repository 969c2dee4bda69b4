import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { hermesVersion } from '../../src/core/package-root.ts';
import { type Answers, checkAnswers, type TemplateKind, templateKinds } from '../../src/templates/answers.ts';
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
      '.github/workflows/pull-request.yml',
      '.gitignore',
      '.hermes/template.json',
      '.travis.yml',
      'CODEOWNERS',
      'README.md',
      'build_tools/deploy.sh *',
      'build_tools/package.json',
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
      '.github/workflows/rollback.yml',
      '.gitignore',
      '.hermes/template.json',
      'CODEOWNERS',
      'Jenkinsfile',
      'README.md',
      'build_tools/deploy.sh *',
      'build_tools/git-token.sh *',
      'build_tools/package.json',
      'build_tools/policies.sh *',
      'build_tools/rollback.sh *',
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
      '.github/workflows/pull-request.yml',
      '.gitignore',
      '.travis.yml',
      'build_tools/deploy.sh',
      'build_tools/package.json',
      'build_tools/test.sh',
    ]);
  });

  it('runs no expression in a shell, pins every action, and lets no job do more than it must', () => {
    for (const kind of templateKinds) {
      const workflow = workflowOf(kind);
      assert.deepEqual(workflow.permissions, {});
      for (const [name, job] of Object.entries(workflow.jobs)) {
        const takesRole = job.steps.some((step) => step.uses?.startsWith('aws-actions/') === true);
        const reads = job.steps.some((step) => step.uses?.startsWith('actions/checkout@') === true);
        const writes = name === 'comment' ? { 'pull-requests': 'write' } : {};
        const expected = {
          ...(reads ? { contents: 'read' } : {}),
          ...(takesRole ? { 'id-token': 'write' } : {}),
        };
        assert.deepEqual(job.permissions, { ...expected, ...writes }, name);
        for (const { uses, run } of job.steps) {
          assert.ok(!(run ?? '').includes('${' + '{'), run);
          assert.match(uses ?? '', uses === undefined ? /^$/ : /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
        }
      }
    }
  });

  it('runs code of projects only where no credentials are', () => {
    for (const [name, job] of Object.entries(workflowOf('product').jobs)) {
      const commands = job.steps.map((step) => step.run ?? '').join('\n');
      const runsCode = /test\.sh|hermes (test|build)\b|deploy\.sh(?! --from)|hermes publish(?! --from)/.test(
        commands,
      );
      assert.equal(runsCode, ['check', 'build'].includes(name), name);
      assert.ok(!(runsCode && 'id-token' in job.permissions), name);
    }
  });

  it('runs DAG files only where no credentials are, and deploys what those jobs compiled', () => {
    for (const [name, job] of Object.entries(workflowOf('airflow').jobs)) {
      const commands = job.steps.map((step) => step.run ?? '').join('\n');
      const runsCode = /^(build_tools\/test\.sh|hermes airflow (compile|test|plan)\b)/m.test(commands);
      assert.equal(runsCode, name === 'check', name);
      const holdsSecrets =
        /secrets\.|github\.token/.test(JSON.stringify(job)) || 'id-token' in job.permissions;
      assert.equal(holdsSecrets, ['policy', 'comment', 'dev', 'prod'].includes(name), name);
      assert.equal(/HERMES_PROD_ROLE/.test(JSON.stringify(job)), name === 'prod');
      assert.equal(job.environment, { policy: 'policy', dev: 'dev', prod: 'prod' }[name]);
      if (!['policy', 'dev', 'prod'].includes(name)) continue;
      const checkout = job.steps.find((step) => step.uses?.startsWith('actions/checkout@') === true);
      assert.equal(checkout?.with?.['sparse-checkout'], 'build_tools\nvariables\n', `${name}: no DAG file`);
    }
    const files = planRepository('airflow', answers);
    assert.match(textOf(files, 'build_tools/deploy.sh'), /^hermes airflow deploy --from build /m);
  });

  it('lets a rollback and a deploy to one environment never run at once', () => {
    const { concurrency } = parseYaml(
      textOf(planRepository('airflow', answers), '.github/workflows/rollback.yml'),
    );
    assert.equal(concurrency.group, 'deploy-${' + '{ inputs.environment }}');
    for (const name of ['dev', 'prod'])
      assert.deepEqual(workflowOf('airflow').jobs[name]?.concurrency, {
        group: `deploy-${name}`,
        'cancel-in-progress': false,
      });
  });

  it('names the role of production only behind the environment that guards it', () => {
    for (const [name, job] of Object.entries(workflowOf('product').jobs)) {
      assert.equal(JSON.stringify(job).includes('HERMES_PROD_ROLE'), name === 'prod');
      assert.equal(job.environment, name === 'prod' ? 'prod' : undefined);
    }
  });

  it('installs the same release of Hermes by every CI, and ignores what it leaves', () => {
    const install = 'npm install --prefix=build_tools --ignore-scripts --no-audit --no-fund';
    for (const kind of templateKinds) {
      const files = planRepository(kind, answers);
      const other = kind === 'product' ? '.travis.yml' : 'Jenkinsfile';
      for (const path of ['.github/workflows/ci.yml', other])
        assert.ok(textOf(files, path).includes(install), path);
      const manifest = JSON.parse(textOf(files, 'build_tools/package.json'));
      assert.deepEqual(manifest.dependencies, { 'hermes-data-products': hermesVersion });
      assert.ok(textOf(files, '.gitignore').includes('\nbuild_tools/node_modules/\n'));
    }
  });

  it('leaves a checkout of DAGs as it was, so that no deploy of CI counts as edited', () => {
    const ignored = textOf(planRepository('airflow', answers), '.gitignore').split('\n');
    for (const path of ['node_modules/', 'package-lock.json', 'policies/'])
      assert.ok(ignored.includes(`build_tools/${path}`), path);
    for (const path of ['build/', 'plan/']) assert.ok(ignored.includes(path), path);
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

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly permissions: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly concurrency?: unknown;
  readonly steps: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}

/** What runs for pushes and pull requests. */
function workflowOf(kind: TemplateKind): Workflow {
  const files = planRepository(kind, answers);
  const workflow = parseYaml(textOf(files, '.github/workflows/ci.yml'));
  if (kind === 'airflow') return workflow;
  const { permissions, jobs } = parseYaml(textOf(files, '.github/workflows/pull-request.yml'));
  assert.deepEqual(permissions, workflow.permissions);
  return { ...workflow, jobs: { ...workflow.jobs, ...jobs } };
}

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
