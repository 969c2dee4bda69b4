import { storeUrlProblem } from '../../config/store-url.ts';
import { ConfigError } from '../../core/errors.ts';
import {
  type BucketPlace,
  deployPermissions,
  parseBucket,
  publishPermissions,
} from '../../github/aws/permission-policy.ts';
import type { PolicyDocument } from '../../github/aws/policy-document.ts';
import { tokenIssuer } from '../../github/aws/token-issuer.ts';
import { subjectByName, subjectWithIds, type TokenSubject } from '../../github/aws/token-subject.ts';
import { type TrustedJobs, trustPolicy } from '../../github/aws/trust-policy.ts';
import type { Cli } from '../cli.ts';
import { openGitHubOf } from './open-github.ts';
import {
  type RoleEnvironment,
  storeUrl,
  type TrustPlace,
  type TrustTarget,
  teamOf,
} from './trust-request.ts';

/** The policy of the role of an environment. */
export type PolicyOf = (environment: RoleEnvironment) => PolicyDocument;

/** Who may take the roles. GitHub is asked how the repository names itself, unless that was given. */
export async function trustPolicies(cli: Cli, target: TrustTarget, place: TrustPlace): Promise<PolicyOf> {
  const { host, subject } = await subjectOf(cli, target, place);
  const issuer = tokenIssuer(host);
  const { account } = place;
  return (environment) => trustPolicy({ account, issuer, subject, jobs: jobsOf(target, environment) });
}

/** As the workflows of the templates have it: only DAGs reach development from an environment of its own. */
export function jobsOf({ kind }: TrustTarget, environment: RoleEnvironment): TrustedJobs {
  return kind === 'product' && environment === 'dev' ? 'branches' : { environment };
}

async function subjectOf(
  cli: Cli,
  { name }: TrustTarget,
  { org, host, ids, byName }: TrustPlace,
): Promise<{ readonly host: string; readonly subject: TokenSubject }> {
  const given = host ?? 'github.com';
  if (byName) return { host: given, subject: subjectByName(org, name, ids) };
  if (ids !== undefined) return { host: given, subject: subjectWithIds(org, name, ids) };
  const [github, { readSubject }] = await Promise.all([
    openGitHubOf(cli, org, host),
    import('../../github/aws/read-subject.ts'),
  ]);
  return { host: new URL(github.webUrl).host, subject: await readSubject(github, org, name) };
}

/** What the roles may do. `given` is the place of an option, in place of that of `hermes.yaml`. */
export function permissionPolicies(cli: Cli, target: TrustTarget, given: string | undefined): PolicyOf {
  const { kind } = target;
  const team = teamOf(target);
  return (environment) => {
    const store = bucketOf(storeUrl(cli, target, environment, given));
    if (kind === 'airflow') return deployPermissions(team, store);
    const alsoRead =
      environment === 'prod' || given !== undefined ? undefined : storeUrl(cli, target, 'prod');
    return publishPermissions(team, store, alsoRead === undefined ? undefined : bucketOf(alsoRead));
  };
}

// IAM puts something else in their place.
const NOT_ITSELF = /[*?]|\$\{/;

function bucketOf(url: string): BucketPlace {
  const place = parseBucket(url);
  const problem = NOT_ITSELF.test(url)
    ? `${JSON.stringify(url)} must not hold "*", "?" or "\${", which mean more than one place to AWS.`
    : storeUrlProblem(url);
  if (place !== undefined && problem !== undefined)
    throw new ConfigError(`Cannot write the policy of a role: ${problem}`, {
      code: 'HERMES_AWS_TRUST',
      nextStep: 'Name one place: --store s3://acme-hermes-dev/artifacts',
    });
  if (place !== undefined) return place;
  throw new ConfigError(`Cannot write the policy of a role: ${url} is no bucket, and needs no role of AWS.`, {
    code: 'HERMES_AWS_TRUST',
    nextStep: 'Name one: --store s3://acme-hermes-dev',
  });
}
