import { type PolicyDocument, policyDocument } from './policy-document.ts';
import { GITHUB_ISSUER } from './token-issuer.ts';
import { isByName, type TokenSubject } from './token-subject.ts';

/** Which jobs of a repository may take a role: those of one GitHub environment, or those that a push of a branch starts. */
export type TrustedJobs = { readonly environment: string } | 'branches';

export interface TrustRequest {
  /** AWS account of the role: 12 digits. */
  readonly account: string;
  /** {@link file://./token-issuer.ts} */
  readonly issuer: string;
  readonly subject: TokenSubject;
  readonly jobs: TrustedJobs;
}

/** What `aws-actions/configure-aws-credentials` asks tokens for. */
const AUDIENCE = 'sts.amazonaws.com';

/**
 * The trust policy of a role that jobs of one repository take. A job in an environment has that in its `sub` in place of
 * its ref; a pull request, a tag and an environment are no `ref:refs/heads/`. The only wildcard stands for the branch.
 * https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 */
export function trustPolicy({ account, issuer, subject, jobs }: TrustRequest): PolicyDocument {
  const key = (claim: string): string => `${issuer}:${claim}`;
  const exact: Record<string, string> = { [key('aud')]: AUDIENCE, ...idsOf(issuer, subject) };
  const condition =
    jobs === 'branches'
      ? { StringEquals: exact, StringLike: { [key('sub')]: `${subject.prefix}:ref:refs/heads/*` } }
      : { StringEquals: { ...exact, [key('sub')]: `${subject.prefix}:environment:${jobs.environment}` } };
  return policyDocument({
    Sid: 'Deploy',
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${issuer}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: condition,
  });
}

/**
 * A name can be given up and taken by others, so a repository that is known by its name has its numbers asked for too.
 * Of these claims AWS knows those of github.com only
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif).
 */
function idsOf(issuer: string, subject: TokenSubject): Record<string, string> {
  if (!isByName(subject) || subject.ids === undefined || issuer !== GITHUB_ISSUER) return {};
  return {
    [`${issuer}:repository_owner_id`]: subject.ids.owner,
    [`${issuer}:repository_id`]: subject.ids.repository,
  };
}
