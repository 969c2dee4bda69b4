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
