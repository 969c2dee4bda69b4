import { openStore } from '../artifacts/open-store.ts';
import { resolvePin } from '../artifacts/resolve-pin.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Environment } from '../config/environment.ts';
import { resolveEnvironment } from '../config/resolve-environment.ts';
import { type PinResolver, rememberPins } from '../engines/local/plan/pin-tasks.ts';
import type { Cli } from './cli.ts';

/** The environment of a name for each team, once, as the files around a folder describe it. */
export function environmentsOf(
  cli: Cli,
  teams: readonly string[],
  name: string,
  folder: string,
): readonly Environment[] {
  return [...new Set(teams)].map((team) =>
    resolveEnvironment({ name, team, folder, shownFrom: cli.cwd, home: cli.home }),
  );
}

/** Resolves artifacts in the stores of the teams; the same request gets the same answer. */
export function pinResolver(environments: readonly Environment[], signal: AbortSignal): PinResolver {
  // One store for all tasks of an environment: a store in a bucket keeps its connections.
  const stores = new Map<string, Promise<ArtifactStore>>();
  return rememberPins(async (request) => {
    const environment = environments.find(({ team }) => team === request.team);
    if (environment === undefined) throw new Error(`no environment for team ${request.team}`);
    const { artifacts, production } = environment;
    const store = stores.get(artifacts) ?? openStore(artifacts);
    stores.set(artifacts, store);
    return resolvePin(await store, request, { production, signal });
  });
}
