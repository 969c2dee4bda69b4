import { ConfigError } from '../core/errors.ts';

/** Where a workspace is and how to sign in. The token never leaves the client that is made of it. */
export interface Connection {
  /** `https://host` or, for the embedded workspace, `http://127.0.0.1:port`; no trailing slash. */
  readonly host: string;
  readonly token: string;
}

/**
 * The connection that `DATABRICKS_HOST` and `DATABRICKS_TOKEN` describe, as the official tools read them.
 * @throws ConfigError naming the variable that is missing or malformed.
 */
export function connectionFromVariables(
  variables: Readonly<Record<string, string | undefined>>,
  purpose: string,
): Connection {
  const missing = ['DATABRICKS_HOST', 'DATABRICKS_TOKEN'].filter((name) => (variables[name] ?? '') === '');
  if (missing.length > 0) {
    throw new ConfigError(`Cannot connect to Databricks for ${purpose}: ${missing.join(' and ')} not set`, {
      code: 'HERMES_CONNECTION_MISSING',
      nextStep:
        'Set DATABRICKS_HOST to the address of the workspace and DATABRICKS_TOKEN to a token of yours.',
    });
  }
  return { host: normalHost(variables.DATABRICKS_HOST ?? ''), token: variables.DATABRICKS_TOKEN ?? '' };
}

/** Adds `https://`, drops path, query and trailing slash. @throws ConfigError when no address is left. */
function normalHost(text: string): string {
  const withScheme = /^https?:\/\//i.test(text.trim()) ? text.trim() : `https://${text.trim()}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url === undefined || url.hostname === '') {
    throw new ConfigError('Cannot connect to Databricks: DATABRICKS_HOST is not the address of a workspace', {
      code: 'HERMES_HOST_MALFORMED',
      nextStep: 'Write it as https://dbc-12345678-abcd.cloud.databricks.com.',
    });
  }
  if (url.protocol === 'http:' && !isLoopback(url.origin)) {
    throw new ConfigError(
      `Cannot connect to Databricks [host=${url.host}]: http would send the token in the open`,
      {
        code: 'HERMES_HOST_INSECURE',
        nextStep: 'Use https.',
      },
    );
  }
  return url.origin;
}

/** True for a server of this machine. */
export function isLoopback(host: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(host).hostname);
}
