import { ConfigError } from '../../core/errors.ts';
import { isLoopback } from './connection.ts';

/** The address of a workspace, taken apart. */
export interface Host {
  /** Scheme, name and port; no trailing slash. */
  readonly origin: string;
  /** From `?o=…`, which people paste with the address. */
  readonly workspaceId?: string;
}

/**
 * Reads a host as people paste it: adds `https://`, drops path and query.
 * @param source Where it was given: `DATABRICKS_HOST`.
 * @throws ConfigError, which never repeats a text that is no address, for such a text may hold a password.
 */
export function parseHost(text: string, source: string): Host {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text.trim()) ? text.trim() : `https://${text.trim()}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url === undefined || url.hostname === '' || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError(`Cannot connect to Databricks: ${source} is not the address of a workspace`, {
      code: 'HERMES_HOST_MALFORMED',
      nextStep: 'Write it as https://dbc-12345678-abcd.cloud.databricks.com.',
    });
  }
  if (url.protocol === 'http:' && !isLoopback(url.origin)) {
    throw new ConfigError(
      `Cannot connect to Databricks [host=${url.host}]: http would send the token in the open`,
      { code: 'HERMES_HOST_INSECURE', nextStep: 'Use https.' },
    );
  }
  const workspaceId = url.searchParams.get('o') ?? '';
  return { origin: url.origin, ...(/^\d+$/.test(workspaceId) ? { workspaceId } : {}) };
}
