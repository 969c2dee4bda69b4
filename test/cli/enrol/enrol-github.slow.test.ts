import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GitHubDouble, startGitHub, TOKEN } from '../../fakes/github/start-github.ts';
import { cloneOf } from '../../github/github-under-test.ts';
import { temporaryFolder } from '../../setup.ts';
import { begin, endSpawned } from '../spawned-hermes.ts';

const environment = (name: string) => `  ${name}:
    production: ${name === 'prod'}
    artifacts: s3://acme-${name}
    cluster_policy_id: P-${name}
    read_prefix: "${name === 'prod' ? '' : 'prod_'}"
    products_zone: s3://acme-products-${name}/{team}
    databricks_conn_id: databricks_default
    datadog: { site: datadoghq.eu, tags: [] }
    dags: s3://acme-dags-${name}
`;
const platformOf = (...names: string[]) =>
  `github: { org: acme, team: "data-{team}" }\nenvironments:\n${names.map(environment).join('')}`;

describe('hermes enrol on GitHub', () => {
  let double: GitHubDouble;
  let cwd: string;
  beforeEach(async () => {
    double = await startGitHub({ organisations: [{ login: 'acme', teams: ['data-weather', 'data-sea'] }] });
    cwd = temporaryFolder();
    writeFileSync(join(cwd, 'hermes.platform.yaml'), platformOf('dev', 'prod'));
  });
  afterEach(async () => {
    endSpawned();
    await double.stop();
  });
  const enrol = (...words: string[]) => {
    const author = { GIT_AUTHOR_NAME: 'Ana', GIT_AUTHOR_EMAIL: 'ana@example.com' };
    const env = { HERMES_GITHUB_API_URL: double.apiUrl, HERMES_GITHUB_TOKEN: TOKEN, ...author };
    return begin(cwd, ['enrol', ...words], env).finished;
  };
  const variables = (folder: string, name: string) =>
    Object.keys(JSON.parse(readFileSync(join(folder, 'variables', `${name}.json`), 'utf8')));

  it('makes repositories whose one commit holds everything, and finds nothing to do the second time', async () => {
    const plan = await enrol('weather', 'sea');
    assert.equal(plan.code, 0, plan.stderr);
    assert.equal(double.state.repositories.size, 0);
    const made = await enrol('weather', 'sea', '--apply');
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /^Made 2 repositories, 4 variables, 4 Airflow settings for 2 teams\.$/m);
    const folder = await cloneOf(double, 'weather-airflow');
    assert.deepEqual(
      [variables(folder, 'dev'), variables(folder, 'prod')],
      [['hermes_weather'], ['hermes_weather']],
    );
    assert.match(readFileSync(join(folder, 'hermes.yaml'), 'utf8'), /^ {4}dags: s3:\/\/acme-dags-prod$/m);
    assert.match(readFileSync(join(folder, 'CODEOWNERS'), 'utf8'), /^\* @acme\/data-weather$/m);
    const log = execFileSync('git', ['-C', folder, 'log', '--format=%s'], { encoding: 'utf8' });
    assert.equal(log, 'Start weather-airflow from the airflow template of Hermes\n');
    assert.ok(!existsSync(join(cwd, '.hermes')));
    const again = await enrol('weather', 'sea', '--apply');
    assert.match(again.stdout, /^Nothing to do: all 2 teams are enrolled in dev and prod\.$/m);
  });

  it('goes on with a repository that has no content yet', async () => {
    double.fail({
      matches: ({ operation }) => operation === '/repos/{owner}/{repo}/git/trees',
      phase: 'before',
      outcome: { status: 404, body: { message: 'Not Found' } },
    });
    assert.equal((await enrol('weather', '--apply')).code, 3);
    const made = await enrol('weather', '--apply');
    assert.equal(made.code, 0, made.stderr);
    assert.deepEqual(variables(await cloneOf(double, 'weather-airflow'), 'dev'), ['hermes_weather']);
  });

  it('puts what comes later on a branch, since rules let nobody push, and says how it is merged', async () => {
    writeFileSync(join(cwd, 'hermes.platform.yaml'), platformOf('dev'));
    await enrol('weather', '--apply');
    writeFileSync(join(cwd, 'hermes.platform.yaml'), platformOf('dev', 'prod'));
    for (const _turn of [1, 2]) {
      const { code, stderr } = await enrol('weather', '--apply');
      assert.equal(code, 1, stderr);
      const lines = stderr.replaceAll(double.gitUrl, 'https://github.test').trimEnd().split('\n');
      assert.equal(
        lines[0],
        'Cannot add to weather-airflow what weather lacks in prod: it takes changes by pull request only.',
      );
      assert.match(
        lines[1] ?? '',
        /^The change waits on a branch\. Open a pull request and merge it: https:\/\/github\.test\/acme\/weather-airflow\/compare\/hermes\/enrol-[0-9a-f]{8}\?expand=1$/,
      );
    }
    const folder = await cloneOf(double, 'weather-airflow');
    assert.deepEqual(variables(folder, 'prod'), []);
    const branches = execFileSync('git', ['-C', folder, 'branch', '--remotes', '--list', 'origin/hermes/*'], {
      encoding: 'utf8',
    }).trim();
    assert.match(branches, /^origin\/hermes\/enrol-[0-9a-f]{8}$/);
    execFileSync('git', ['-C', folder, 'checkout', '--quiet', branches]);
    assert.deepEqual(variables(folder, 'prod'), ['hermes_weather']);
  });
});
