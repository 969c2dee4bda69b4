import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readHermesYaml } from '../../src/config/hermes-yaml.ts';
import { ConfigError } from '../../src/core/errors.ts';
import { temporaryFolder } from '../setup.ts';

function repository(content: string): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, '.git'));
  mkdirSync(join(folder, 'projects', 'deep'), { recursive: true });
  writeFileSync(join(folder, 'hermes.yaml'), content);
  return folder;
}

describe('hermes.yaml', () => {
  it('is found from any folder of the repository', () => {
    const folder = repository(
      'hermes: ^1.0\nteam: weather\ndefault_branch: main\nartifacts:\n  dev: s3://acme-dev/hermes/\n',
    );
    assert.deepEqual(readHermesYaml(join(folder, 'projects', 'deep')), {
      hermes: '^1.0',
      team: 'weather',
      defaultBranch: 'main',
      artifacts: { dev: 's3://acme-dev/hermes' },
      airflow: {},
      folder,
    });
  });

  it('is not looked for above the root of the git repository', () => {
    const outer = repository('hermes: ^1.0\nteam: weather\n');
    const inner = join(outer, 'projects');
    mkdirSync(join(inner, '.git'));
    assert.equal(readHermesYaml(join(inner, 'deep')), undefined);
  });

  it('tells every mistake at its line and column', () => {
    const folder = repository(
      'hermes: 1\nteam: Weather Team\ndefalt_branch: main\nartifacts:\n  dev: s3//x\n  Prod: file:///x\n',
    );
    assert.throws(() => readHermesYaml(folder), {
      code: 'HERMES_PROBLEMS',
      message: [
        'hermes.yaml:1:9  hermes must be a text, not 1. Put it in quotes: "1"',
        'hermes.yaml:2:7  team: team name "Weather Team" is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them. For example: weather-team',
        'hermes.yaml:3:1  defalt_branch is not a key of hermes.yaml. Did you mean default_branch?',
        'hermes.yaml:5:8  artifacts.dev: "s3//x" is neither s3://bucket/prefix nor file:///folder.',
        'hermes.yaml:6:3  An environment is named in lower-case letters, as dev or prod.',
      ].join('\n'),
    });
  });

  it('takes no misspelt dev or prod for another environment', () => {
    const stores = (...names: string[]) =>
      readHermesYaml(
        repository(
          `hermes: ^1.0\nteam: weather\nartifacts:\n${names.map((name) => `  ${name}: s3://acme-${name}\n`).join('')}`,
        ),
      )?.artifacts;
    assert.throws(() => stores('dve', 'prd'), {
      code: 'HERMES_PROBLEMS',
      message: [
        'hermes.yaml:4:8  artifacts.dve: did you mean dev? If not, name the store of dev too.',
        'hermes.yaml:5:8  artifacts.prd: did you mean prod? If not, name the store of prod too.',
      ].join('\n'),
    });
    for (const name of ['devv', 'dew', 'pord', 'prodd']) assert.throws(() => stores(name), name);
    for (const name of ['stage', 'test', 'pre', 'poc', 'preprod', 'dev2', 'prod2', 'qa', 'de'])
      assert.deepEqual(Object.keys(stores(name) ?? {}), [name]);
    assert.deepEqual(Object.keys(stores('dev', 'prd', 'prod') ?? {}), ['dev', 'prd', 'prod']);
  });

  it('names where the Airflow of an environment reads DAGs, and its API', () => {
    const airflow = (text: string) =>
      readHermesYaml(repository(`hermes: ^1.0\nteam: weather\nairflow:\n${text}`))?.airflow;
    const known = [
      '  dev: { dags: "s3://acme-airflow-dev/x", api: "https://airflow.acme.com/dev" }',
      '  prod: { dags: "git+ssh://git@github.com/acme/dags.git#prod" }',
      '  here: { dags: "git+file:///srv/dags.git#a/b", api: "http://localhost:8080" }',
    ];
    assert.deepEqual(Object.keys(airflow(known.join('\n')) ?? {}), ['dev', 'prod', 'here']);
    const wrong = [
      '  dev: { dags: "https://github.com/acme/dags" }',
      '  prod: { dags: "git+https://ana:secret@github.com/acme/dags.git#prod" }',
      '  a: { dags: "git+https://github.com/acme/dags.git" }',
      '  b: { dags: "git+ext::sh -c id#main" }',
      '  c: { api: "https://ana:secret@airflow.acme.com", apis: 1 }',
      '  d: { api: "airflow.acme.com" }',
    ];
    assert.throws(() => airflow(wrong.join('\n')), {
      code: 'HERMES_PROBLEMS',
      message: [
        'hermes.yaml:4:16  airflow.dev.dags: "https://github.com/acme/dags" is none of s3://bucket/prefix, file:///folder and git+https://host/path.git#branch.',
        'hermes.yaml:5:17  airflow.prod.dags: must hold no password: git asks its own credential helper, or the key of ssh.',
        'hermes.yaml:6:14  airflow.a.dags: "git+https://github.com/acme/dags.git" names no branch. For example: git+https://github.com/acme/dags.git#main',
        'hermes.yaml:7:14  airflow.b.dags: "git+ext::sh -c id#main" is no repository. Write it as git+https://host/path.git#branch, git+ssh://git@host/path.git#branch or git+file:///folder.git#branch.',
        'hermes.yaml:8:13  airflow.c.api: must hold no password: it comes from AIRFLOW_API_TOKEN, or AIRFLOW_API_USER and AIRFLOW_API_PASSWORD.',
        'hermes.yaml:8:52  airflow.c.apis is not a key of hermes.yaml. Did you mean api?',
        'hermes.yaml:9:13  airflow.d.api: "airflow.acme.com" is no address. For example: https://airflow.acme.com',
      ].join('\n'),
    });
  });

  it('refuses a Hermes outside its range and names both versions', () => {
    assert.throws(
      () => readHermesYaml(repository('hermes: ">=2 <3"\nteam: weather\n')),
      (error: unknown) => {
        assert.ok(error instanceof ConfigError);
        assert.equal(error.code, 'HERMES_VERSION_RANGE');
        assert.equal(
          error.message,
          'Cannot work on this repository: hermes.yaml asks for Hermes >=2 <3, this is 1.0.0.',
        );
        assert.equal(
          error.nextStep,
          "Use such a Hermes (npx hermes-data-products@'>=2 <3' …), or change `hermes` in hermes.yaml once the repository is ready for 1.0.0.",
        );
        return true;
      },
    );
  });

  it('says that an empty file is empty', () => {
    assert.throws(() => readHermesYaml(repository('# nothing\n')), {
      message: 'hermes.yaml:1:1  The file is empty.',
    });
  });
});
