import type { Environment } from '../../config/environment.ts';
import type { Json } from '../../core/json.ts';
import { readSettings } from '../../databricks/sign-in/settings.ts';
import type { AirflowConnection } from '../../engines/airflow/rest/bulk-import.ts';
import type { Cli } from '../cli.ts';
import { connectionQuestion } from '../connect-workspace.ts';

/** A workspace of this machine. */
interface EmbeddedAddress {
  readonly url: string;
  readonly token: string;
}

const AWS_DEFAULT = 'aws_default';

/**
 * The connections that the teams' variables name: the workspace, and the bucket of artifacts when they are in one. What
 * the shell says of them is handed on; Airflow keeps passwords encrypted.
 * @param embedded Absent = the workspace that variables and profiles of Databricks name
 */
export function airflowConnections(
  cli: Cli,
  environments: readonly Environment[],
  embedded: EmbeddedAddress | undefined,
): AirflowConnection[] {
  const workspaces = new Set(environments.map(({ teamVariable }) => teamVariable.databricks_conn_id));
  const buckets = environments.filter(({ artifacts }) => artifacts.startsWith('s3:'));
  const stores = new Set(buckets.map(({ teamVariable }) => teamVariable.aws_conn_id ?? AWS_DEFAULT));
  const name = environments[0]?.name ?? '';
  const workspace =
    embedded === undefined
      ? remoteWorkspace(cli, name)
      : workspaceAt(embedded.url, { password: embedded.token });
  return [
    ...[...workspaces].map((connectionId) => ({ ...workspace, connectionId })),
    ...[...stores].map((connectionId) => ({ ...awsConnection(cli.env), connectionId })),
  ];
}

type Unnamed = Omit<AirflowConnection, 'connectionId'>;

function workspaceAt(url: string, signIn: Partial<Unnamed>): Unnamed {
  const { hostname, port, protocol } = new URL(url);
  return {
    connType: 'databricks',
    host: hostname,
    schema: protocol.replace(':', ''),
    ...(port === '' ? {} : { port: Number(port) }),
    ...signIn,
  };
}

/** By what signs in here: a token, or OAuth of a service principal, in the provider's form. */
function remoteWorkspace(cli: Cli, environment: string): Unnamed {
  const settings = readSettings(connectionQuestion(cli, environment));
  const value = (key: string): string => settings.get(key)?.value ?? '';
  const host = value('host');
  const url = /^https?:\/\//.test(host) ? host : `https://${host}`;
  if (value('token') !== '') return workspaceAt(url, { password: value('token') });
  return workspaceAt(url, {
    login: value('client_id'),
    password: value('client_secret'),
    extra: { service_principal_oauth: true },
  });
}

/** https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/connections/aws.html */
function awsConnection(env: NodeJS.ProcessEnv): Unnamed {
  const extra: Record<string, Json> = {};
  const add = (key: string, ...names: readonly string[]): void => {
    const value = names.map((name) => env[name] ?? '').find((text) => text !== '');
    if (value !== undefined) extra[key] = value;
  };
  const keyId = env.AWS_ACCESS_KEY_ID ?? '';
  if (keyId === '') add('profile_name', 'AWS_PROFILE', 'AWS_DEFAULT_PROFILE');
  else add('aws_session_token', 'AWS_SESSION_TOKEN');
  add('region_name', 'AWS_REGION', 'AWS_DEFAULT_REGION');
  add('endpoint_url', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL');
  const keys = keyId === '' ? {} : { login: keyId, password: env.AWS_SECRET_ACCESS_KEY ?? '' };
  return { connType: 'aws', ...keys, extra };
}
