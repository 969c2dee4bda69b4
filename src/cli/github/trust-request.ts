import { readHermesYaml } from '../../config/hermes-yaml.ts';
import { ConfigError } from '../../core/errors.ts';
import { hostProblem, organisationProblem } from '../../core/github-names.ts';
import type { RepositoryIds } from '../../github/aws/token-subject.ts';
import type { TemplateKind } from '../../templates/answers.ts';
import { readRecord } from '../../templates/read-record.ts';
import type { Cli } from '../cli.ts';
import { readGitHubDefaults } from './platform-github.ts';

/** The environments that a repository's CI deploys to; each has a role. */
export const roleEnvironments = ['dev', 'prod'] as const;
export type RoleEnvironment = (typeof roleEnvironments)[number];

export interface TrustOptions {
  readonly org?: string;
  readonly env?: RoleEnvironment;
  readonly kind?: TemplateKind;
  readonly account?: string;
  readonly orgId?: string;
  readonly repoId?: string;
  readonly byName?: true;
  readonly githubHost?: string;
  readonly permissions?: true;
  readonly store?: string;
  readonly team?: string;
  readonly out?: string;
}

/** Whose roles are meant. */
export interface TrustTarget {
  readonly name: string;
  readonly team: string;
  readonly kind: TemplateKind;
  readonly environments: readonly RoleEnvironment[];
}

/** Where the repository is on GitHub, and how it is to be named. */
export interface TrustPlace {
  readonly org: string;
  /** 12 digits. */
  readonly account: string;
  /** Of the pages for people; undefined where nothing names one. */
  readonly host?: string;
  /** Given by hand. */
  readonly ids?: RepositoryIds;
  readonly byName: boolean;
}

/** The repository of an argument, or the one around the working folder. */
export function trustTarget(cli: Cli, given: string | undefined, options: TrustOptions): TrustTarget {
  const record = readRecord(cli.cwd)?.record;
  const name = given ?? record?.answers.name;
  if (name === undefined)
    throw usage('nothing says which repository', 'Name it: hermes repo aws-trust weather');
  if (!/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/.test(name))
    throw usage(
      `${JSON.stringify(name)} is not the name of a repository`,
      'Write it without its organisation.',
    );
  const own = record?.answers.name === name ? record : undefined;
  const kind = options.kind ?? own?.kind ?? (name.endsWith('-airflow') ? 'airflow' : 'product');
  const team = options.team ?? own?.answers.team ?? name.replace(/-airflow$/, '');
  const environments = options.env === undefined ? roleEnvironments : [options.env];
  if (options.out !== undefined && options.env === undefined)
    throw usage(
      'one file holds one policy, and there is one for each environment',
      'Add --env dev or --env prod.',
    );
  return { name, team, kind, environments };
}

/** What options and the platform's file say of GitHub and AWS. */
export async function trustPlace(
  cli: Cli,
  { team }: TrustTarget,
  options: TrustOptions,
): Promise<TrustPlace> {
  const defaults = await readGitHubDefaults(cli.cwd, team);
  const { org = defaults.org, account, byName = false, githubHost } = options;
  if (org === undefined) throw usage('nothing says which organisation', 'Add --org acme.');
  if (account === undefined) throw usage('nothing says whose AWS account', 'Add --account 123456789012.');
  if (!/^\d{12}$/.test(account))
    throw usage(
      `${JSON.stringify(account)} is no AWS account`,
      'An account has 12 digits: --account 123456789012.',
    );
  const host = githubHost ?? defaults.host ?? (cli.env.GH_HOST || undefined);
  const problem = organisationProblem(org) ?? (host === undefined ? undefined : hostProblem(host));
  if (problem !== undefined) throw usage(problem);
  const ids = idsOf(options);
  const given = { ...(host === undefined ? {} : { host }), ...(ids === undefined ? {} : { ids }) };
  return { org, account, byName, ...given };
}

function idsOf({ orgId = '', repoId = '' }: TrustOptions): RepositoryIds | undefined {
  if (orgId === '' && repoId === '') return undefined;
  for (const [option, value] of [
    ['--org-id', orgId],
    ['--repo-id', repoId],
  ] as const) {
    if (value === '') throw usage(`${option} is missing`, 'Give both numbers, or none.');
    if (!/^[1-9]\d{0,14}$/.test(value))
      throw usage(
        `${option} ${JSON.stringify(value)} is no number of GitHub`,
        "Read them: gh api repos/acme/weather --jq '[.owner.id, .id]'",
      );
  }
  return { owner: orgId, repository: repoId };
}

/** Where a role writes, by an option or by `hermes.yaml`: the artifact store, or the DAGs that Airflow reads. */
export function storeUrl(
  cli: Cli,
  { kind }: TrustTarget,
  environment: RoleEnvironment,
  given?: string,
): string {
  if (given !== undefined) return given;
  const file = readHermesYaml(cli.cwd);
  const url = kind === 'product' ? file?.artifacts[environment] : file?.airflow[environment]?.dags;
  if (url !== undefined) return url;
  const key = kind === 'product' ? `artifacts.${environment}` : `airflow.${environment}.dags`;
  throw usage(`hermes.yaml names no ${key}`, `Name the place: --store s3://acme-hermes-${environment}`);
}

function usage(reason: string, nextStep?: string): ConfigError {
  return new ConfigError(`Cannot write the policy of a role: ${reason.replace(/\.$/, '')}.`, {
    code: 'HERMES_AWS_TRUST',
    ...(nextStep === undefined ? {} : { nextStep }),
  });
}
