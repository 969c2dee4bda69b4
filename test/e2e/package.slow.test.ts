import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import { temporaryFolder } from '../setup.ts';

/** What users install is not this folder but the package that is made of it. */
describe('the package, installed in an empty folder', function () {
  this.timeout(300_000);
  const folder = temporaryFolder();
  const installed = join(folder, 'node_modules', '.bin', 'hermes');
  const hermes = (cwd: string, ...args: string[]) =>
    execFileSync(installed, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

  before(() => {
    const quiet = ['--silent', '--ignore-scripts', '--no-audit', '--no-fund'];
    execFileSync('npm', ['pack', ...quiet, '--pack-destination', folder], {
      cwd: packageRoot,
      stdio: 'pipe',
    });
    const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
    execFileSync('npm', ['install', ...quiet, '--prefer-offline', join(folder, tarball)], {
      cwd: folder,
      stdio: 'pipe',
    });
  });

  after(() => hermes(folder, 'workspace', 'stop'));

  it('creates a repository, publishes by its CI and runs what was published', () => {
    hermes(folder, 'repo', 'create', 'weather');
    const output = hermes(join(folder, 'weather'), 'run', 'helloworld');
    assert.match(output, /✓ helloworld {2}SUCCESS/);
    assert.match(hermes(join(folder, 'weather'), 'runs', 'logs', 'last'), /wrote 3 cities to file:/);
  });

  it('loads a TypeScript DAG that has no package beside it', () => {
    const dags = join(temporaryFolder(), 'dags');
    mkdirSync(dags);
    writeFileSync(
      join(dags, 'hello.dag.ts'),
      `import { Dag, HermesOperator } from 'hermes-data-products';
export default new Dag('hello', { team: 'weather' }, () => {
  new HermesOperator({ taskId: 'greet', projectName: 'helloworld' });
});
`,
    );
    assert.match(hermes(dags, 'dag', 'check', '.'), /✓ hello {2}1 task/);
  });
});
