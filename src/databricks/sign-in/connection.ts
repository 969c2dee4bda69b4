import { concealer } from './conceal.ts';

/** Where a workspace is and how to sign in. No token leaves the client that is made of it. */
export interface Connection {
  /** `https://host` or, for the embedded workspace, `http://127.0.0.1:port`; no trailing slash. */
  readonly host: string;
  /** Where the host was given, for messages: `DATABRICKS_HOST`, `host of profile prod`. */
  readonly hostSource?: string;
  /** One that does not change, or a source of them. */
  readonly token: string | TokenSource;
  /** For hosts that serve several workspaces: the header `X-Databricks-Workspace-Id`. */
  readonly workspaceId?: string;
}

/** Gives the access token of the next call. */
export interface TokenSource {
  /** @throws ConnectionError when the workspace gives none, RemoteError when it cannot for the moment. */
  token(signal?: AbortSignal): Promise<string>;
  /** Tells that the workspace refused a token. Answers whether the next one may do better. */
  refuse(token: string): boolean;
  /** Masks every secret that the source knows in a text that came from outside. */
  conceal(text: string): string;
  /** What to do when the workspace refuses what the source gives. */
  readonly cure: string;
}

const TOKEN_CURE = 'The workspace does not accept the token. Make a new one and set DATABRICKS_TOKEN.';

/** A token that does not change. */
export function fixedToken(token: string, cure: string = TOKEN_CURE): TokenSource {
  return { token: async () => token, refuse: () => false, conceal: concealer([token]), cure };
}

/** True for a server of this machine. */
export function isLoopback(host: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(host).hostname);
}
