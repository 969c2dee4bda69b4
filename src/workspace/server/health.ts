/** Path that says, without credentials, which server this is and how many runs are going. */
export const HEALTH_PATH = '/.well-known/hermes-workspace';

/** What a server says of itself. */
export interface Health {
  /** As in `server.json`. */
  readonly instance: string;
  readonly activeRuns: number;
}

const LIMIT_MS = 5_000;

/** Asks the server at an address; undefined when none answers, or it is no workspace of Hermes. */
export async function askHealth(url: string): Promise<Health | undefined> {
  try {
    const response = await fetch(`${url}${HEALTH_PATH}`, { signal: AbortSignal.timeout(LIMIT_MS) });
    const { instance, active_runs: activeRuns = 0 } = (await response.json()) as {
      instance?: unknown;
      active_runs?: number;
    };
    return typeof instance === 'string' ? { instance, activeRuns } : undefined;
  } catch {
    return undefined;
  }
}
