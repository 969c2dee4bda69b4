/**
 * One environment of one team: where its artifacts are, where its runs go, what they may read and write.
 * Comes from the team's variable `hermes_<team>` in `variables/<environment>.json` and from `hermes.yaml`;
 * an environment that no file describes is embedded on this machine.
 */
export interface Environment {
  /** `dev`, `prod`, … */
  readonly name: string;
  readonly team: string;
  readonly production: boolean;
  /** True when its store, workspace and zones are folders and servers of this machine. */
  readonly embedded: boolean;
  /** URL of the artifact store: `s3://bucket/prefix` or `file:///folder`. */
  readonly artifacts: string;
  /** The team's variable as Airflow and the local engine see it, snake_case: `{{ var.json.hermes_<team>.… }}`. */
  readonly teamVariable: TeamVariable;
  /** Read prefixes of all environments of the team that are known here, each with the name of the first that has it. */
  readonly readPrefixes: Readonly<Record<string, string>>;
  /** All Airflow variables of the environment's file, the team's own included; values as JSON gives them. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The contract of the Airflow variable `hermes_<team>` (dashes of the team become `_`); written by the platform. */
export interface TeamVariable {
  readonly environment: string;
  readonly production: boolean;
  /** URL of the artifact store. */
  readonly artifacts: string;
  /** Databricks cluster policy; empty in an embedded environment until the workspace has enrolled the team. */
  readonly cluster_policy_id: string;
  /** Waggle Dance prefix for reads of production; empty in production. */
  readonly read_prefix: string;
  /** URL under which runs of the team may write. */
  readonly products_zone: string;
  /** Databases of the Products zone; absent = every database without a read prefix. */
  readonly products_databases?: readonly string[] | undefined;
  /** URL under which runs find the files of `hermes upload`; never in production. Absent = no uploads. */
  readonly uploads?: string | undefined;
  /** Airflow connection of the workspace, `databricks_default` unless the platform says otherwise. */
  readonly databricks_conn_id: string;
  /** Airflow connection by which its first task reads a bucket. Absent = `aws_default`. */
  readonly aws_conn_id?: string | undefined;
  readonly datadog: { readonly site: string; readonly tags: readonly string[] };
}

/** `hermes_weather` for team `weather`; dashes become `_` so that Jinja reaches it as an attribute. */
export function teamVariableName(team: string): string {
  return `hermes_${team.replaceAll('-', '_')}`;
}
