import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/core/package-root.ts';
import { makeRepository, projectFiles, type Repository } from '../ci/repository.ts';
import { homeOf, run, travis } from '../ci/run-publish.ts';

const SCRIPT = `import sys

import hermes_runtime as h


def main():
    print("parameters", *sys.argv[1:])
    print("tables", h.table("market.listings"), h.table("products.daily"), h.output_table("products.monthly"))
    print("where", h.environment(), h.is_production(), h.input_path("rain.csv"))
    with open(h.output_path("market/monthly.txt"), "w") as file:
        file.write(h.environment())


if __name__ == "__main__":
    main()
`;
const DAG = `dag: market
team: weather
tasks:
  load:
    hermes: { project_name: market, script_name: nothing, library_version: none, outputs: [products.daily] }
  sum:
    after: [load]
    hermes:
      project_name: market
      library_version: none
      inputs: [market.listings, products.daily]
      outputs: [products.monthly]
      parameters: ["--in", {table: market.listings}, "--out", {table: products.monthly}]
`;

describe('tables and files of a run', function () {
  this.timeout(300_000);
  const home = homeOf();
  let repository: Repository;

  const hermes = (...args: string[]) =>
    spawnSync(process.execPath, [join(packageRoot, 'src', 'cli', 'main.ts'), ...args], {
      cwd: repository.folder,
      encoding: 'utf8',
      env: { ...process.env, HERMES_HOME: home.root },
    });
  const logOf = (): string => hermes('runs', 'logs', 'last', '--task', 'sum').stdout;

  before(async () => {
    repository = makeRepository({
      ...projectFiles('market', { body: SCRIPT, test: 'def test_nothing():\n    pass\n' }),
      'market/market/nothing.py': 'print("nothing")\n\nif __name__ == "__main__":\n    pass\n',
    });
    await run(repository, home, travis(repository, 'master'));
    writeFileSync(join(repository.folder, 'market.dag.yaml'), DAG);
    writeFileSync(join(repository.folder, 'rain.csv'), 'mm\n');
    assert.equal(hermes('upload', 'rain.csv').status, 0);
  });

  after(() => hermes('workspace', 'stop'));

  it('are routed in development: reads to production, the own tables and files to where they were written', () => {
    const { status, stdout, stderr } = hermes('dag', 'run', 'market.dag.yaml');
    assert.equal(status, 0, stdout + stderr);
    const log = logOf();
    assert.match(log, /^parameters --in prod_market\.listings --out products\.monthly$/m);
    assert.match(log, /^tables prod_market\.listings products\.daily products\.monthly$/m);
    assert.ok(log.includes(`where dev False ${join(home.uploads('weather'), 'rain.csv')}`), log);
    assert.equal(readFileSync(join(home.products('dev'), 'market', 'monthly.txt'), 'utf8'), 'dev');
  });

  it('are the bare ones in production, where uploads are refused with what to do instead', () => {
    const { status, stdout } = hermes('dag', 'run', 'market.dag.yaml', '--env', 'prod');
    assert.equal(status, 1);
    assert.match(stdout, /RuntimeError: There is no upload rain\.csv in prod: production takes no uploads/);
    const log = logOf();
    assert.match(log, /^parameters --in market\.listings --out products\.monthly$/m);
    assert.match(log, /^tables market\.listings products\.daily products\.monthly$/m);
  });

  it('of production are never among the outputs, by any command', () => {
    const file = join(repository.folder, 'wrong.dag.yaml');
    writeFileSync(file, DAG.replace('outputs: [products.daily]', 'outputs: [prod_products.daily]'));
    const refused =
      'Task "load" writes prod_products.daily, which belongs to production: prod_ is the read prefix of dev, and what is read there is never written. Write products.daily: each environment has its own.';
    for (const command of [
      ['check'],
      ['plan'],
      ['run'],
      ['run', '--env', 'prod'],
      ['check', '--env', 'prod'],
    ]) {
      const [word = '', ...options] = command;
      const { status, stderr, stdout } = hermes('dag', word, 'wrong.dag.yaml', ...options);
      assert.equal(status, 2, command.join(' '));
      assert.ok((stderr + stdout).includes(refused), `${command.join(' ')}: ${stderr}${stdout}`);
    }
  });

  it('of a run of one script are the same, without a DAG', () => {
    const url = pathToFileURL(join(home.uploads('weather'), 'rain.csv')).href;
    const { status, stdout, stderr } = hermes('run', 'market', '--', '--input', url);
    assert.equal(status, 0, stdout + stderr);
    const log = hermes('runs', 'logs', 'last').stdout;
    assert.match(log, /^tables prod_market\.listings prod_products\.daily products\.monthly$/m);
  });
});
