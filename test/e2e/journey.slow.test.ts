import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hermesVersion, packageRoot } from '../../src/core/package-root.ts';
import { hermes, printedObjects } from '../hermes.ts';
import { temporaryFolder } from '../setup.ts';

const DATA = join(packageRoot, 'node_modules', 'vega-datasets', 'data', 'seattle-weather.csv');

/** The demo is the journey; here it is walked in a folder of its own and its results are looked at. */
describe('the whole journey', function () {
  this.timeout(300_000);
  const folder = temporaryFolder();
  const stores = join(folder, '.hermes', 'artifacts');
  let output = '';

  before(() => {
    const child = spawnSync(process.execPath, [join(packageRoot, 'demo', 'run.ts'), folder], {
      encoding: 'utf8',
    });
    output = child.stdout;
    assert.equal(child.status, 0, `${child.stdout}\n${child.stderr}`);
  });

  after(() => hermes(folder, ['workspace', 'stop']));

  it('publishes a branch to development only, and the merge to both environments with latest moved', () => {
    const project = (environment: string) => join(stores, environment, 'weather', 'observations');
    assert.equal(readdirSync(join(project('dev'), 'feature')).length, 1);
    assert.equal(existsSync(join(project('prod'), 'feature')), false);
    for (const environment of ['dev', 'prod']) {
      const latest = JSON.parse(readFileSync(join(project(environment), 'latest.json'), 'utf8'));
      assert.equal(latest.version, '1.0.0');
      assert.deepEqual(readdirSync(join(project(environment), '1.0.0')).sort(), [
        `hermes_runtime-${hermesVersion}-py3-none-any.whl`,
        'manifest.json',
        'monthly-1.0.0.py',
        'observations-1.0.0-py3-none-any.whl',
        'observations-1.0.0.py',
      ]);
      assert.deepEqual(readdirSync(join(project(environment), 'latest')).sort(), [
        'monthly-latest.py',
        'observations-0+latest-py3-none-any.whl',
        'observations-latest.py',
      ]);
    }
  });

  it('writes the monthly product from the real observations, the same numbers in CSV and JSON', () => {
    const zone = join(folder, '.hermes', 'products', 'prod', 'observations');
    const product = JSON.parse(readFileSync(join(zone, 'monthly.json'), 'utf8')) as Record<
      string,
      number | string
    >[];
    const expected = rainByMonth(readFileSync(DATA, 'utf8'));
    assert.equal(product.length, 48);
    for (const row of product) {
      assert.ok(
        Math.abs(Number(row.precipitation) - (expected.get(String(row.month)) ?? Number.NaN)) < 0.051,
      );
    }
    const lines = readFileSync(join(zone, 'monthly.csv'), 'utf8').trim().split('\n').slice(1);
    assert.deepEqual(
      lines.map((line) => line.split(',')[0]),
      product.map((row) => row.month),
    );
  });

  it('runs both forms of the DAG, each task after the one that it needs, on the version that was released', async () => {
    const { stdout } = await hermes(folder, ['runs', 'list', '--json']);
    const runs = printedObjects(stdout);
    assert.deepEqual(runs.map((run) => [run.dag, run.environment, run.state]).sort(), [
      ['run_observations', 'dev', 'success'],
      ['seattle_weather', 'dev', 'success'],
      ['seattle_weather_yaml', 'prod', 'success'],
    ]);
    const shown = await hermes(folder, ['runs', 'show', 'last', '--json']);
    const [clean, report] = JSON.parse(shown.stdout).tasks;
    assert.equal(report.version, '1.0.0');
    assert.ok(report.queuedAt >= clean.endedAt);
  });

  it('keeps what a script printed, and refuses the log to somebody outside the team', async () => {
    const { stdout } = await hermes(folder, ['runs', 'logs', 'last', '--task', 'report']);
    assert.match(stdout, /monthly 48 months -> \/.*\/products\/prod\/observations\/monthly\.\{csv,json\}/);
    assert.match(output, /as auditor@example\.com: 403/);
  });

  it('leaves no workspace behind', async () => {
    const { stdout } = await hermes(folder, ['workspace', 'status', '--json']);
    assert.equal(JSON.parse(stdout).running, true, 'runs logs has started it again');
    assert.match(output, /Workspace stopped/);
  });
});

/** Sum of precipitation per month, computed here from the raw file. */
function rainByMonth(csv: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const line of csv.trim().split('\n').slice(1)) {
    const [date = '', precipitation] = line.split(',');
    const month = date.slice(0, 7);
    sums.set(month, (sums.get(month) ?? 0) + Number(precipitation));
  }
  return sums;
}
