import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../../src/core/package-root.ts';
import { deployPermissions, publishPermissions } from '../../../src/github/aws/permission-policy.ts';
import { GITHUB_ISSUER, tokenIssuer } from '../../../src/github/aws/token-issuer.ts';
import { subjectByName, subjectWithIds } from '../../../src/github/aws/token-subject.ts';
import { trustPolicy } from '../../../src/github/aws/trust-policy.ts';
import { npmTools } from '../../npm-tools.ts';
import { allows } from './policy-judge.ts';

const account = '123456789012';
const ids = { owner: '1111111', repository: '2222222' };
const places = ['dev/artifacts', 'prod', 'other'].map((path) => {
  const [bucket = '', prefix = ''] = path.split('/');
  return { bucket: `acme-${bucket}`, prefix };
});
const [dev = assert.fail(), prod = assert.fail()] = places;
const trust = [subjectWithIds('acme', 'weather', ids), subjectByName('acme', 'weather', ids)].flatMap(
  (subject) =>
    [GITHUB_ISSUER, tokenIssuer('github.acme.com')].flatMap((issuer) =>
      (['branches', { environment: 'prod' }] as const).map((jobs) =>
        trustPolicy({ account, issuer, subject, jobs }),
      ),
    ),
);
const permissions = [
  publishPermissions('weather', dev, prod),
  publishPermissions('weather', prod),
  deployPermissions('weather', dev),
];

/** Every policy, every kind of key, with every kind of condition. */
function everyQuestion() {
  const keys = [
    ...[
      'weather/x/1.0.0/x-1.0.0.py',
      'weather/x/latest.json',
      'weather/x/latest/x-latest.py',
      'weather/x/copies.json',
    ],
    ...[
      'weather/x/history/000001.json',
      'weather-2/x/latest.json',
      'climate/x/latest.json',
      'weather',
      'x/weather/y',
    ],
    ...[
      'dags/weather/hermes_dags_0.py',
      'dags/climate/x',
      'deploys/current/weather.json',
      'deploys/files/weather/1',
    ],
  ];
  const contexts: Record<string, string>[] = [{}, { 's3:if-none-match': '*' }, { 's3:if-match': 'etag' }];
  const objects = places.flatMap(({ bucket, prefix }) =>
    keys.map((key) => `arn:aws:s3:::${bucket}/${prefix === '' ? '' : `${prefix}/`}${key}`),
  );
  return permissions.flatMap((_, policy) => [
    ...places.map(({ bucket }) => ({
      ...{ policy, action: 's3:ListBucket' },
      ...{ resource: `arn:aws:s3:::${bucket}`, context: {} },
    })),
    ...objects.flatMap((resource) => [
      ...contexts.map((context) => ({ policy, action: 's3:PutObject', resource, context })),
      ...['s3:GetObject', 's3:DeleteObject'].map((action) => ({ policy, action, resource, context: {} })),
    ]),
  ]);
}

describe("a simulator of AWS' policies that others wrote", () => {
  it('takes every policy that Hermes writes, and answers each question as the judge of these tests', function () {
    this.timeout(120_000);
    const questions = everyQuestion();
    const script = join(packageRoot, 'test', 'fixtures', 'npm', 'iam', 'answer.mjs');
    const input = JSON.stringify({ trust, permissions, questions });
    const answer = execFileSync(process.execPath, [script, npmTools('iam')], { input, encoding: 'utf8' });
    const { findings, answers } = JSON.parse(answer);
    assert.deepEqual(findings, []);
    const expected = questions.map(({ policy, ...question }) => {
      const isAllowed = allows(permissions[policy] ?? assert.fail(), question);
      return isAllowed ? 'Allowed' : 'ImplicitlyDenied';
    });
    assert.deepEqual(answers, expected);
    assert.ok(expected.includes('Allowed') && questions.length > 500);
  });
});
