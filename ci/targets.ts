import { openStore } from '../src/artifacts/open-store.ts';
import type { ArtifactStore } from '../src/artifacts/store.ts';
import type { Environment } from '../src/config/environment.ts';
import { type Home, markHome } from '../src/config/home.ts';
import {
  knownEnvironments,
  requireEnvironment,
  resolveEnvironment,
} from '../src/config/resolve-environment.ts';

/** One environment that a publish writes to. */
export interface Target {
  readonly environment: string;
  readonly store: ArtifactStore;
}

export interface TargetQuestion {
  readonly team: string;
  /** Root of the repository. */
  readonly folder: string;
  readonly home: Home;
  /** The one environment that is asked for; absent = all that the decision allows. */
  readonly only?: string | undefined;
}

/**
 * The environments that a publish writes to, in order: a feature build goes to development alone; a release to every
 * environment, production last.
 * @throws ConfigError for an environment that does not exist
 */
export function chooseEnvironments(
  kind: 'release' | 'feature',
  { team, folder, home, only }: TargetQuestion,
): readonly Environment[] {
  if (only !== undefined) requireEnvironment(only, folder);
  const names = kind === 'release' ? knownEnvironments(folder) : ['dev'];
  return names
    .filter((name) => only === undefined || name === only)
    .map((name) => resolveEnvironment({ name, team, folder, home }))
    .sort((a, b) => Number(a.production) - Number(b.production));
}

/** Opens the stores of environments; the embedded home of this machine is made for those that live in it. */
export async function openTargets(
  environments: readonly Environment[],
  home: Home,
): Promise<readonly Target[]> {
  if (environments.some((environment) => environment.embedded)) markHome(home);
  return Promise.all(
    environments.map(async ({ name, artifacts }) => ({
      environment: name,
      store: await openStore(artifacts),
    })),
  );
}
