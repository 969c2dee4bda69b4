import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { writeFiles } from '../../src/templates/write-files.ts';
import { seedRepository } from '../fakes/github/seed.ts';
import { startGitHub, TOKEN } from '../fakes/github/start-github.ts';
import { printedObjects } from '../hermes.ts';
import { temporaryFolder } from '../setup.ts';
import { begin, endSpawned } from './spawned-hermes.ts';

const ACCOUNT = ['--account', '123456789012'];
const IDS = ['--org', 'acme', '--org-id', '1111111', '--repo-id', '2222222'];
const FINE_GRAINED = `github_pat_${'1'.repeat(82)}`;
const TOKENS = {
  [TOKEN]: { kind: 'classic', login: 'ana', scopes: ['repo'] },
  [FINE_GRAINED]: { kind: 'fine-grained', login: 'ana', permissions: { metadata: 'read' } },
} as const;
const ISSUER = 'token.actions.githubusercontent.com';
const PERMISSIONS = ['weather', '--permissions', '--env', 'dev'];
const NAMES = { name: 'weather', team: 'climate', project: 'helloworld' };

describe('hermes repo aws-trust', () => {
  const folder = temporaryFolder();
  const hermes = (words: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    begin(folder, ['repo', 'aws-trust', ...words], { PATH: '', ...env }).finished;
  after(endSpawned);

  it('prints one policy that AWS takes, and says beside it whom it lets in', async () => {
    const { stdout, stderr, code } = await hermes(['weather', ...IDS, ...ACCOUNT, '--env', 'prod']);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Deploy',
          Effect: 'Allow',
          Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${ISSUER}` },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: {
              [`${ISSUER}:aud`]: 'sts.amazonaws.com',
              [`${ISSUER}:sub`]: 'repo:acme@1111111/weather@2222222:environment:prod',
            },
          },
        },
      ],
    });
    assert.equal(
      stderr,
      'Who may take the role weather-prod: weather (product), jobs in its environment prod.\n',
    );
  });

  it('prints both policies one after the other, and with --json one object each', async () => {
    const { stdout } = await hermes(['weather-airflow', ...IDS, ...ACCOUNT, '--json']);
    const objects = printedObjects(stdout);
    assert.deepEqual(
      objects.map(({ repository, kind, environment }) => [repository, kind, environment]),
      ['dev', 'prod'].map((environment) => ['weather-airflow', 'airflow', environment]),
    );
    const subjects = objects.map(({ trust }) => trust.Statement[0].Condition.StringEquals[`${ISSUER}:sub`]);
    const prefix = 'repo:acme@1111111/weather-airflow@2222222';
    assert.deepEqual(subjects, [`${prefix}:environment:dev`, `${prefix}:environment:prod`]);
  });

  it('writes a file, and says how it becomes a role', async () => {
    const words = ['weather', ...IDS, ...ACCOUNT, '--env', 'dev', '--out', 'trust dev.json'];
    const { stdout, stderr } = await hermes(words);
    assert.equal(stdout, '');
    const { Statement } = JSON.parse(readFileSync(join(folder, 'trust dev.json'), 'utf8'));
    assert.deepEqual(Statement[0].Condition.StringLike, {
      [`${ISSUER}:sub`]: 'repo:acme@1111111/weather@2222222:ref:refs/heads/*',
    });
    assert.equal(
      stderr,
      `Who may take the role weather-dev: weather (product), pushes of its branches.
  aws iam create-role --role-name weather-dev --assume-role-policy-document 'file://trust dev.json'
  then set its ARN as the variable HERMES_DEV_ROLE of the repository
`,
    );
  });

  it('asks GitHub for the numbers, and knows an own server by its name', async () => {
    const double = await startGitHub();
    try {
      await seedRepository(double, 'weather', { 'README.md': 'x' });
      const env = { HERMES_GITHUB_API_URL: double.apiUrl, HERMES_GITHUB_TOKEN: TOKEN };
      const { stdout } = await hermes(['weather', '--org', 'acme', ...ACCOUNT, '--env', 'prod'], env);
      const issuer = `${new URL(double.apiUrl).host}/_services/token`;
      const { StringEquals } = JSON.parse(stdout).Statement[0].Condition;
      assert.match(StringEquals[`${issuer}:sub`], /^repo:acme@\d+\/weather@\d+:environment:prod$/);
    } finally {
      await double.stop();
    }
  });

  it('knows the repository around it: its name, its team, its stores', async () => {
    const clone = temporaryFolder();
    const author = { authorName: 'Ana', authorEmail: 'ana@example.com' };
    writeFiles(clone, planRepository('product', { ...NAMES, ...author }));
    const stores = 'artifacts: { dev: s3://acme-dev/a, prod: s3://acme-prod }\n';
    writeFileSync(join(clone, 'hermes.yaml'), `hermes: ^1.0\nteam: climate\n${stores}`);
    const { stdout } = await begin(clone, ['repo', 'aws-trust', '--permissions', '--json']).finished;
    const [dev, prod] = printedObjects(stdout);
    assert.deepEqual(
      [dev, prod].map(({ repository, permissions }) => [repository, permissions.Statement[0].Resource]),
      [
        ['weather', ['arn:aws:s3:::acme-dev/a/climate/*', 'arn:aws:s3:::acme-prod/climate/*']],
        ['weather', 'arn:aws:s3:::acme-prod/climate/*'],
      ],
    );
  });

  it('knows the clone around it: organisation and name stand in its origin', async () => {
    const clone = temporaryFolder();
    const run = (words: readonly string[]) => begin(clone, ['repo', 'aws-trust', ...words]).finished;
    execFileSync('git', ['init', '--quiet'], { cwd: clone });
    execFileSync('git', ['remote', 'add', 'origin', 'git@github.acme.com:acme/weather.git'], { cwd: clone });
    const { stdout, stderr } = await run([...ACCOUNT, '--env', 'prod', '--by-name']);
    const issuer = 'github.acme.com/_services/token';
    const { StringEquals } = JSON.parse(stdout || stderr).Statement[0].Condition;
    assert.equal(StringEquals[`${issuer}:sub`], 'repo:acme/weather:environment:prod');
    const other = await run(['energy', ...ACCOUNT, '--by-name']);
    assert.match(other.stderr, /nothing says which organisation/, 'another repository may be elsewhere');
  });

  it('tells a name that is none, from a repository that the token may not see', async () => {
    const double = await startGitHub({ tokens: { ...TOKENS } });
    try {
      await seedRepository(double, 'weather', { 'README.md': 'x' });
      const ask = (token: string, words: readonly string[]) =>
        hermes([...words, ...ACCOUNT], { HERMES_GITHUB_API_URL: double.apiUrl, HERMES_GITHUB_TOKEN: token });
      const cannot = 'Cannot read how acme/wether names itself in tokens: acme has no repository wether';
      assert.deepEqual(await ask(TOKEN, ['wether', '--org', 'acme']), {
        code: 2,
        stdout: '',
        stderr: `${cannot}. Did you mean weather?\nCorrect the name. If there is one, whoever made the token may not see it: ask an owner of acme.\n`,
      });
      const page = `${double.gitUrl}/settings/personal-access-tokens`;
      assert.deepEqual(await ask(FINE_GRAINED, ['wether', '--org', 'acme']), {
        code: 3,
        stdout: '',
        stderr: `${cannot}, or the token of HERMES_GITHUB_TOKEN may not see it. Did you mean weather?\nCorrect the name. If there is one: It needs Metadata: read and Actions: read. Edit the token at ${page}\nOr say it yourself: --org-id with --repo-id, or --by-name.\n`,
      });
      assert.deepEqual(await ask(TOKEN, ['weather', '--org', 'acmee']), {
        code: 2,
        stdout: '',
        stderr:
          'Cannot read how acmee/weather names itself in tokens: GitHub knows no organisation acmee, and nobody of that name.\nCorrect --org.\n',
      });
    } finally {
      await double.stop();
    }
  });

  const mistakes: readonly (readonly [readonly string[], string])[] = [
    [[], 'nothing says which repository.\nName it: hermes repo aws-trust weather'],
    [['a/b'], '"a/b" is not the name of a repository.\nWrite it without its organisation.'],
    [['weather'], 'nothing says which organisation.\nAdd --org acme.'],
    [['weather', '--org', 'a*'], 'nothing says whose AWS account.\nAdd --account 123456789012.'],
    [
      ['weather', '--org', 'a*', ...ACCOUNT],
      'organisation "a*" is not allowed: letters, digits, and single "-" between them; at most 39.',
    ],
    [
      ['weather', '--org', 'acme', '--account', '12'],
      '"12" is no AWS account.\nAn account has 12 digits: --account 123456789012.',
    ],
    [
      ['weather', '--org', 'acme', ...ACCOUNT, '--org-id', '1'],
      '--repo-id is missing.\nGive both numbers, or none.',
    ],
    [
      ['weather', '--org', 'acme', ...ACCOUNT, '--org-id', '1', '--repo-id', '*'],
      `--repo-id "*" is no number of GitHub.\nRead them: gh api repos/acme/weather --jq '[.owner.id, .id]'`,
    ],
    [
      ['weather', ...IDS, ...ACCOUNT, '--out', 'x.json'],
      'one file holds one policy, and there is one for each environment.\nAdd --env dev or --env prod.',
    ],
    [
      ['weather', '--permissions', '--store', 's3://acme'],
      'nothing says whose folder it may write.\nName the team as hermes.yaml of weather does: --team weather. In a clone of it, nothing has to be named.',
    ],
    [
      ['weather', '--permissions', '--env', 'dev', '--team', 'climate'],
      'hermes.yaml names no artifacts.dev.\nName the place: --store s3://acme-hermes-dev',
    ],
    [
      [
        'weather-airflow',
        '--permissions',
        '--env',
        'dev',
        '--team',
        'a',
        '--store',
        'git+https://x/y.git#dev',
      ],
      'git+https://x/y.git#dev is no bucket, and needs no role of AWS.\nName one: --store s3://acme-hermes-dev',
    ],
    [
      [...PERMISSIONS, '--team', 'a', '--store', 's3://*'],
      `"s3://*" must not hold "*", "?" or "\${", which mean more than one place to AWS.\nName one place: --store s3://acme-hermes-dev/artifacts`,
    ],
    [
      [...PERMISSIONS, '--team', 'a', '--store', `s3://acme-ok/\${aws:username}`],
      `"s3://acme-ok/\${aws:username}" must not hold "*", "?" or "\${", which mean more than one place to AWS.\nName one place: --store s3://acme-hermes-dev/artifacts`,
    ],
    [
      [...PERMISSIONS, '--team', 'a', '--store', 's3://A'],
      '"s3://A" names no bucket: "A" must be 3 to 63 lower-case letters, digits, "-" and ".", a letter or digit first and last.\nName one place: --store s3://acme-hermes-dev/artifacts',
    ],
    [
      [...PERMISSIONS, '--team', '*', '--store', 's3://acme'],
      'team name "*" is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them.\nWrite it as hermes.yaml of the repository does.',
    ],
  ];
  for (const [words, problem] of mistakes) {
    it(`refuses: ${problem.split('\n')[0]}`, async () => {
      const stderr = `Cannot write the policy of a role: ${problem}\n`;
      assert.deepEqual(await hermes(words), { code: 2, stdout: '', stderr });
    });
  }
});
