import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import { publishPermissions } from '../../src/github/aws/permission-policy.ts';
import { GITHUB_ISSUER } from '../../src/github/aws/token-issuer.ts';
import { subjectWithIds } from '../../src/github/aws/token-subject.ts';
import { trustPolicy } from '../../src/github/aws/trust-policy.ts';

const guide = readFileSync(join(packageRoot, 'docs', 'guides', 'ci.md'), 'utf8');

describe('the guide to CI', () => {
  it('shows the policies of roles that hermes repo aws-trust prints', () => {
    const [trust, branches, permissions] = [...guide.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(
      ([, text = '']) => JSON.parse(text),
    );
    const subject = subjectWithIds('acme', 'weather', { owner: '1111111', repository: '2222222' });
    const place = { account: '123456789012', issuer: GITHUB_ISSUER, subject };
    assert.deepEqual(trust, trustPolicy({ ...place, jobs: { environment: 'prod' } }));
    assert.deepEqual(
      branches,
      trustPolicy({ ...place, jobs: 'branches' }).Statement[0]?.Condition?.StringLike,
    );
    const bucket = (name: string) => ({ bucket: `acme-hermes-${name}`, prefix: '' });
    assert.deepEqual(permissions, publishPermissions('weather', bucket('dev'), bucket('prod')));
  });
});
