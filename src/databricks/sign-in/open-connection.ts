import { ConfigError } from '../../core/errors.ts';
import { type Connection, fixedToken, type TokenSource } from './connection.ts';
import { type Credentials, chooseCredentials } from './credentials.ts';
import { parseHost } from './host.ts';
import { type OAuthOptions, oauthTokenSource } from './oauth-token.ts';
import { readSettings, type SettingsQuestion } from './settings.ts';

/** Whose workspace is asked for, and where to look for it. */
export interface ConnectionQuestion extends SettingsQuestion {
  /** What the connection is for, in messages: `environment prod`. */
  readonly purpose: string;
}

/**
 * The connection that variables and profiles describe, read as the official tools read them: a token, or OAuth
 * machine-to-machine. Nothing is sent before the first call.
 * @param options Of signing in by OAuth.
 * @throws ConfigError naming what is missing, doubled or malformed; ProblemsError for a broken file of profiles.
 */
export function openConnection(question: ConnectionQuestion, options: OAuthOptions): Connection {
  const settings = readSettings(question);
  const credentials = chooseCredentials(settings, question.purpose);
  const host = settings.get('host');
  if (host === undefined) {
    throw new ConfigError(
      `Cannot connect to Databricks for ${question.purpose}: DATABRICKS_HOST is not set`,
      {
        code: 'HERMES_CONNECTION_MISSING',
        nextStep: 'Set it to the address of the workspace, or write host = … into the profile.',
      },
    );
  }
  const { origin, workspaceId } = parseHost(host.value, host.source);
  const id = settings.get('workspace_id')?.value ?? workspaceId;
  return {
    host: origin,
    hostSource: host.source,
    token: sourceOf(credentials, { host: origin, hostSource: host.source }, options),
    ...(id === undefined ? {} : { workspaceId: id }),
  };
}

/** By what somebody signs in, for people: `by DATABRICKS_TOKEN`. Holds no secret. @throws as {@link openConnection} */
export function describeSignIn(question: ConnectionQuestion): string {
  const credentials = chooseCredentials(readSettings(question), question.purpose);
  return credentials.kind === 'pat'
    ? `by ${credentials.token.source}`
    : `by OAuth with ${credentials.clientId.source}`;
}

function sourceOf(
  credentials: Credentials,
  place: { readonly host: string; readonly hostSource: string },
  options: OAuthOptions,
): TokenSource {
  if (credentials.kind === 'pat') {
    const { value, source } = credentials.token;
    return fixedToken(
      value,
      `The workspace does not accept the token. Make a new one and correct ${source}.`,
    );
  }
  const { clientId, clientSecret } = credentials;
  const client = { ...place, clientId: clientId.value, clientSecret: clientSecret.value };
  return oauthTokenSource({ ...client, source: `${clientId.source}, ${clientSecret.source}` }, options);
}
