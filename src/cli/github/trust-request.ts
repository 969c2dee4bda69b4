import { readHermesYaml } from '../../config/hermes-yaml.ts';
import { ConfigError } from '../../core/errors.ts';
import { hostProblem, organisationProblem } from '../../core/github-names.ts';
import { teamNameProblem } from '../../core/names.ts';
import type { RepositoryIds } from '../../github/aws/token-subject.ts';
import { type OriginRepository, readOrigin } from '../../github/git/origin-repository.ts';
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
  /** Whose folder it writes; undefined where nothing says it. */
  readonly team?: string;
  readonly kind: TemplateKind;
  readonly environments: readonly RoleEnvironment[];
  /** Where the clone around the working folder comes from, when that is this very repository. */
  readonly origin?: OriginRepository;
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
export async function trustTarget(
  cli: Cli,
  given: string | undefined,
  options: TrustOptions,
): Promise<TrustTarget> {
  const record = readRecord(cli.cwd)?.record;
  const origin = await readOrigin(cli.cwd, { env: cli.env, signal: cli.signal });
  const name = given ?? origin?.name ?? record?.answers.name;
  if (name === undefined)
    throw usage('nothing says which repository', 'Name it: hermes repo aws-trust weather');
  if (!/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/.test(name))
    throw usage(
      `${JSON.stringify(name)} is not the name of a repository`,
      'Write it without its organisation.',
    );
  const isHere = [origin?.name, record?.answers.name].includes(name);
  const own = isHere ? record : undefined;
  const kind = options.kind ?? own?.kind ?? (name.endsWith('-airflow') ? 'airflow' : 'product');
  const team = options.team ?? (isHere ? (readHermesYaml(cli.cwd)?.team ?? own?.answers.team) : undefined);
  const environments = options.env === undefined ? roleEnvironments : [options.env];
  if (options.out !== undefined && options.env === undefined)
    throw usage(
      'one file holds one policy, and there is one for each environment',
      'Add --env dev or --env prod.',
    );
  return {
    name,
    kind,
    environments,
    ...(team === undefined ? {} : { team }),
    ...(origin?.name === name ? { origin } : {}),
  };
}

/** What options and the platform's file say of GitHub and AWS. */
export async function trustPlace(
  cli: Cli,
  { name, team = name.replace(/-airflow$/, ''), origin }: TrustTarget,
  options: TrustOptions,
): Promise<TrustPlace> {
  const defaults = await readGitHubDefaults(cli.cwd, team);
  const { org = origin?.owner ?? defaults.org, account, byName = false, githubHost } = options;
  if (org === undefined) throw usage('nothing says which organisation', 'Add --org acme.');
  if (account === undefined) throw usage('nothing says whose AWS account', 'Add --account 123456789012.');
  if (!/^\d{12}$/.test(account))
    throw usage(
      `${JSON.stringify(account)} is no AWS account`,
      'An account has 12 digits: --account 123456789012.',
    );
  const host = githubHost ?? defaults.host ?? originHost(cli, origin) ?? (cli.env.GH_HOST || undefined);
  const problem = organisationProblem(org) ?? (host === undefined ? undefined : hostProblem(host));
  if (problem !== undefined) throw usage(problem);
  const ids = idsOf(options);
  const given = { ...(host === undefined ? {} : { host }), ...(ids === undefined ? {} : { ids }) };
  return { org, account, byName, ...given };
}

/** A full address of the API says more than the name of a host. */
function originHost({ env }: Cli, origin: OriginRepository | undefined): string | undefined {
  return env.HERMES_GITHUB_API_URL ? undefined : origin?.host;
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

/** Whose folder a role writes. The name of a repository does not say it. */
export function teamOf({ name, team }: TrustTarget): string {
  if (team !== undefined) {
    const problem = teamNameProblem(team);
    if (problem !== undefined) throw usage(problem, 'Write it as hermes.yaml of the repository does.');
    return team;
  }
  throw usage(
    'nothing says whose folder it may write',
    `Name the team as hermes.yaml of ${name} does: --team weather. In a clone of it, nothing has to be named.`,
  );
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
