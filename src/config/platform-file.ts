import { dirname, resolve } from 'node:path';
import { shownPath } from '../core/nearest-file.ts';
import { type Problem, ProblemsError } from '../core/problems.ts';
import type { AirflowSettings } from './airflow-settings.ts';
import type { TeamVariable } from './environment.ts';
import { PLATFORM_FILE } from './find-platform-file.ts';
import { type GitHubDefaults, type GitHubSection, githubDefaults } from './github-defaults.ts';
import { findPlatformProblems } from './platform-problems.ts';
import { fillIn, type PlatformValues, platformSchema } from './platform-schema.ts';
import { readYaml } from './read-yaml.ts';

/** An environment as the platform describes it. */
export interface PlatformEnvironment {
  readonly name: string;
  /** Absolute path of the policy's definition; absent when `cluster_policy_id` names a policy that stands. */
  readonly policyFile?: string;
  /** Profile of `~/.databrickscfg` by which the policy is made. */
  readonly profile?: string;
  /** The variable of a team; the id of its policy is empty where a definition is named. */
  readonly variableOf: (team: string) => TeamVariable;
  /** Where its Airflow reads the DAGs of a team; undefined when the file does not say it. */
  readonly airflowOf?: (team: string) => AirflowSettings | undefined;
}

/** What {@link PLATFORM_FILE} says. */
export interface PlatformFile {
  /** As the user would type it. */
  readonly file: string;
  /** None where the file says of GitHub only. */
  readonly environments: readonly PlatformEnvironment[];
  /** What it wants of the repositories of a team on GitHub. */
  readonly githubOf: (team: string) => GitHubDefaults;
}

/** What is wrong with the definition of a policy. */
export type CheckDefinition = (policyFile: string, environment: string) => readonly Problem[];

/**
 * Reads the platform's file and fills it in for the teams that are about to be enrolled.
 * @param shownFrom Problems name the file as seen from there.
 * @throws ProblemsError with every mistake, also those that only the name of one team makes, and those in definitions
 */
export function readPlatformFile(
  path: string,
  shownFrom: string,
  teams: readonly string[],
  checkDefinition: CheckDefinition = () => [],
): PlatformFile {
  const file = shownPath(path, shownFrom);
  const document = readYaml(path, file);
  const wrong = [
    ...findPlatformProblems(document, teams, `a key of ${PLATFORM_FILE}`),
    ...policyFilesIn(document.value, dirname(path)).flatMap(([name, policy]) =>
      checkDefinition(policy, name),
    ),
  ];
  if (wrong.length > 0) throw new ProblemsError(wrong);
  const { environments = {} } = platformSchema.parse(fillIn(document.value, teams[0] ?? 'team'));
  const raw = document.value as {
    readonly environments?: Record<string, PlatformValues>;
    readonly github?: GitHubSection;
  };
  const valuesOf = (name: string, team: string) => fillIn(raw.environments?.[name], team) as PlatformValues;
  return {
    file,
    githubOf: (team) => {
      const stores = Object.keys(environments).map((name) => [name, valuesOf(name, team).artifacts]);
      return githubDefaults(fillIn(raw.github ?? {}, team) as GitHubSection, Object.fromEntries(stores));
    },
    environments: Object.entries(environments).map(([name, { cluster_policy, profile }]) => ({
      name,
      ...(cluster_policy === undefined ? {} : { policyFile: resolve(dirname(path), cluster_policy) }),
      ...(profile === undefined ? {} : { profile }),
      variableOf: (team) => variableOf(name, valuesOf(name, team)),
      airflowOf: (team) => airflowOf(valuesOf(name, team)),
    })),
  };
}

/** Also of a file with mistakes. */
function policyFilesIn(value: unknown, folder: string): [environment: string, path: string][] {
  const { environments } = Object(value) as { readonly environments?: unknown };
  return Object.entries(Object(environments) as object).flatMap(([name, values]) => {
    const { cluster_policy: policy } = Object(values) as { readonly cluster_policy?: unknown };
    return typeof policy === 'string' && policy !== '' ? [[name, resolve(folder, policy)]] : [];
  });
}

function variableOf(environment: string, values: PlatformValues): TeamVariable {
  const { production, artifacts, cluster_policy_id = '', read_prefix, products_zone } = values;
  const { products_databases, uploads, databricks_conn_id, aws_conn_id, datadog } = values;
  return {
    environment,
    production,
    artifacts,
    cluster_policy_id,
    read_prefix,
    products_zone,
    ...(products_databases === undefined ? {} : { products_databases }),
    ...(uploads === undefined ? {} : { uploads }),
    databricks_conn_id,
    ...(aws_conn_id === undefined ? {} : { aws_conn_id }),
    datadog,
  };
}

function airflowOf({ dags, airflow_api: api }: PlatformValues): AirflowSettings | undefined {
  if (dags === undefined && api === undefined) return undefined;
  return { ...(dags === undefined ? {} : { dags }), ...(api === undefined ? {} : { api }) };
}
