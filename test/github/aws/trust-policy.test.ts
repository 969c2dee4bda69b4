import assert from 'node:assert/strict';
import { tokenIssuer } from '../../../src/github/aws/token-issuer.ts';
import { subjectByName, subjectWithIds } from '../../../src/github/aws/token-subject.ts';
import { type TrustedJobs, trustPolicy } from '../../../src/github/aws/trust-policy.ts';
import { allows } from './policy-judge.ts';

interface Claims {
  readonly owner: string;
  readonly ownerId: string;
  readonly name: string;
  readonly nameId: string;
  /** What a job runs for, as its `sub` says it. */
  readonly runsFor: string;
  readonly aud: string;
  readonly issuer: string;
}

const OURS: Claims = {
  ...{ owner: 'acme', ownerId: '1111111', name: 'weather', nameId: '2222222' },
  ...{ runsFor: 'ref:refs/heads/master', aud: 'sts.amazonaws.com' },
  issuer: 'token.actions.githubusercontent.com',
};
const ids = { owner: OURS.ownerId, repository: OURS.nameId };
const forms = {
  'that names itself with its numbers': {
    subject: subjectWithIds('acme', 'weather', ids),
    prefixOf: ({ owner, ownerId, name, nameId }: Claims) => `repo:${owner}@${ownerId}/${name}@${nameId}`,
  },
  'from before 2026-07-15, with its numbers known': {
    subject: subjectByName('acme', 'weather', ids),
    prefixOf: ({ owner, name }: Claims) => `repo:${owner}/${name}`,
  },
};

for (const [title, { subject, prefixOf }] of Object.entries(forms)) {
  describe(`the trust policy of a repository ${title}`, () => {
    const isTrusted = (jobs: TrustedJobs, change: Partial<Claims>): boolean => {
      const claims = { ...OURS, ...change };
      const { issuer } = claims;
      const context = {
        [`${issuer}:aud`]: claims.aud,
        [`${issuer}:sub`]: `${prefixOf(claims)}:${claims.runsFor}`,
        [`${issuer}:repository_owner_id`]: claims.ownerId,
        [`${issuer}:repository_id`]: claims.nameId,
      };
      const principal = `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
      const policy = trustPolicy({ account: '123456789012', issuer: OURS.issuer, subject, jobs });
      return allows(policy, { action: 'sts:AssumeRoleWithWebIdentity', principal, context });
    };

    it('lets pushes of every branch take the role of development, and nothing else', () => {
      for (const branch of ['master', 'feature/x', 'x$(id)', '*'])
        assert.ok(isTrusted('branches', { runsFor: `ref:refs/heads/${branch}` }), branch);
      for (const runsFor of [
        'pull_request',
        'ref:refs/tags/v1',
        'ref:refs/pull/7/merge',
        'environment:dev',
        'environment:prod',
        'environment:x:ref:refs/heads/master',
        'job_workflow_ref:x',
      ])
        assert.ok(!isTrusted('branches', { runsFor }), runsFor);
    });

    it('lets jobs of one environment take the role of production, and no branch by itself', () => {
      const prod = { environment: 'prod' };
      assert.ok(isTrusted(prod, { runsFor: 'environment:prod' }));
      for (const runsFor of [
        ...['ref:refs/heads/master', 'ref:refs/heads/environment:prod', 'pull_request'],
        ...[
          'environment:dev',
          'environment:prod2',
          'environment:xprod',
          'environment:PROD',
          'environment:prod:x',
        ],
      ])
        assert.ok(!isTrusted(prod, { runsFor }), runsFor);
    });

    const strangers: Readonly<Record<string, Partial<Claims>>> = {
      'a fork': { owner: 'eve', ownerId: '666', nameId: '667' },
      'another repository of the organisation': { name: 'climate', nameId: '3' },
      'a repository that begins like it': { name: 'weather-2', nameId: '3' },
      'an organisation that begins like it': { owner: 'acme-evil', ownerId: '3', nameId: '4' },
      'a repository that took its name after it was renamed': { nameId: '3' },
      'an organisation that took the name of the old one': { ownerId: '3', nameId: '4' },
      'a branch that looks like a subject': {
        ...{ owner: 'eve', ownerId: '666', nameId: '667' },
        runsFor: 'ref:refs/heads/repo:acme@1111111/weather@2222222:environment:prod',
      },
      'a token for somebody else': { aud: 'https://github.com/acme' },
      'a token of another GitHub': { issuer: 'github.acme.com/_services/token' },
    };
    for (const [who, change] of Object.entries(strangers)) {
      it(`keeps out ${who}`, () => {
        assert.ok(!isTrusted('branches', change));
        assert.ok(!isTrusted({ environment: 'prod' }, { runsFor: 'environment:prod', ...change }));
      });
    }

    it('is lost by a rename, which shows as a role that cannot be taken', () => {
      assert.ok(!isTrusted('branches', { name: 'weather-reports' }));
    });
  });
}

describe('the issuer of tokens', () => {
  it('is that of the GitHub where the repository is', () => {
    assert.equal(tokenIssuer('github.com'), 'token.actions.githubusercontent.com');
    assert.equal(tokenIssuer('GitHub.acme.com'), 'github.acme.com/_services/token');
    assert.equal(tokenIssuer('acme.ghe.com'), 'token.actions.acme.ghe.com');
  });

  it('other than github.com has no numbers among the claims that AWS knows', () => {
    const issuer = tokenIssuer('github.acme.com');
    const subject = subjectByName('acme', 'weather', ids);
    const { Statement } = trustPolicy({
      account: '123456789012',
      issuer,
      subject,
      jobs: { environment: 'dev' },
    });
    assert.deepEqual(Statement[0]?.Condition, {
      StringEquals: {
        'github.acme.com/_services/token:aud': 'sts.amazonaws.com',
        'github.acme.com/_services/token:sub': 'repo:acme/weather:environment:dev',
      },
    });
  });
});
