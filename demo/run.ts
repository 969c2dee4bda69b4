import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { resolveHome } from '../src/config/home.ts';
import { packageRoot } from '../src/core/package-root.ts';
import { heading, hermes, hermesJson, outcome, sh } from './steps.ts';

// The whole journey on this machine: template → push → artifacts → DAG → run → logs. Every line that begins
// with "$" is what a user would type; everything else is what Hermes and git answer.
// It works in this folder, or in the one given as argument.
const sources = import.meta.dirname;
const here = resolve(process.argv[2] ?? sources);
const home = resolveHome(here, process.env);
const dataSet = join(packageRoot, 'node_modules', 'vega-datasets', 'data', 'seattle-weather.csv');
const product = join(here, 'weather');
const airflow = join(here, 'weather-airflow');
const startedAt = Date.now();

startOver();

heading('1. A repository from the template; the push runs its CI');
hermes(here, 'repo', 'create', 'weather');

heading('2. A project on a feature branch: tests, wheel, development only');
sh(product, 'git', 'switch', '--quiet', '--create', 'feature/monthly-report');
hermes(product, 'project', 'new', 'observations');
rmSync(join(product, 'observations'), { recursive: true });
cpSync(join(sources, 'observations'), join(product, 'observations'), { recursive: true });
sh(product, 'git', 'add', '.');
sh(product, 'git', 'commit', '--quiet', '--message', 'Sum up the weather of Seattle by month');
sh(product, 'git', 'push', '--quiet', '--set-upstream', 'origin', 'feature/monthly-report');

heading('3. Real data as input (daily observations of Seattle, 2012-2015), and a run of the branch build');
const upload = hermesJson<{ url: string }>(product, 'upload', dataSet);
hermes(product, 'run', 'observations', '--branch', 'feature/monthly-report', '--', '--input', upload.url);

heading('4. The merge to master: development and production, latest moves');
sh(product, 'git', 'switch', '--quiet', 'master');
sh(
  product,
  'git',
  'merge',
  '--quiet',
  '--no-ff',
  '--message',
  'Merge feature/monthly-report',
  'feature/monthly-report',
);
sh(product, 'git', 'push', '--quiet');
hermes(product, 'artifacts', 'list', 'observations');

heading("5. A DAG of two tasks in the team's Airflow repository, in TypeScript and in YAML");
hermes(here, 'repo', 'create', 'weather-airflow', '--kind', 'airflow', '--team', 'weather', '--no-ci');
cpSync(join(sources, 'dags'), join(airflow, 'dags'), { recursive: true });
setVariable('dev', upload.url);
setVariable('prod', productionInput());
sh(airflow, 'git', 'add', '.');
sh(airflow, 'git', 'commit', '--quiet', '--message', 'Schedule the monthly climate of Seattle');
sh(airflow, 'git', 'push', '--quiet');

heading('6. The DAG in development, and in production');
hermes(airflow, 'dag', 'check');
hermes(airflow, 'dag', 'run', 'dags/seattle.dag.ts', '--env', 'dev');
hermes(airflow, 'dag', 'run', 'dags/seattle.dag.yaml', '--env', 'prod');

heading('7. The product, and who may read the log');
const months = readFileSync(join(home.products('prod'), 'observations', 'monthly.csv'), 'utf8')
  .trim()
  .split('\n');
outcome(`Products zone of production: ${months.length - 1} months`, [
  months[0] ?? '',
  months[1] ?? '',
  '…',
  months.at(-1) ?? '',
]);

await showOutsider();
hermes(here, 'workspace', 'stop');
outcome(`Done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s. Go on with`, [
  'npx hermes workspace start          then open the run page links above in a browser',
  'npx hermes runs list                the runs of this demo',
  `cd ${relative(process.cwd(), product)}                     the team's repository: change something and push a branch`,
]);

/** Removes what an earlier demo made, and nothing else. */
function startOver(): void {
  const made = [
    product,
    airflow,
    ...['weather', 'weather-airflow'].flatMap((name) => [join(home.git, `${name}.git`), join(home.ci, name)]),
    ...['dev', 'prod'].flatMap((name) => [
      join(home.artifacts(name), 'weather'),
      join(home.products(name), 'observations'),
    ]),
    home.uploads('weather'),
  ];
  for (const path of made) rmSync(path, { recursive: true, force: true });
}

/** The team's own variable beside the DAGs, one file per environment, as Airflow would hold it. */
function setVariable(environment: string, url: string): void {
  const file = join(airflow, 'variables', `${environment}.json`);
  const variables = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, `${JSON.stringify({ ...variables, seattle_observations: url }, null, 2)}\n`);
}

/** Uploads exist in development only; in production this folder stands for what an ingestion pipeline delivers. */
function productionInput(): string {
  const folder = join(home.products('prod'), 'ingestion');
  mkdirSync(folder, { recursive: true });
  cpSync(dataSet, join(folder, 'seattle-weather.csv'));
  return pathToFileURL(join(folder, 'seattle-weather.csv')).href;
}

/** Asks for a log as somebody outside the team: the run page and its log answer 403. */
async function showOutsider(): Promise<void> {
  const { token } = hermesJson<{ token: string }>(
    here,
    'workspace',
    'user',
    'add',
    'auditor@example.com',
    '--group',
    'auditors',
  );
  const { tasks } = hermesJson<{ tasks: { url: string }[] }>(airflow, 'runs', 'show', 'last');
  const url = `${tasks.at(-1)?.url}/log.txt`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  outcome(`GET ${url} as auditor@example.com: ${answer.status}`, [
    (await answer.text()).trim().split('\n')[0] ?? '',
  ]);
}
