import type { Clock } from '../../../core/clock.ts';
import type { DeployHome } from './deploy-home.ts';
import { gitHome } from './git-home.ts';
import type { RunGit } from './git-repository.ts';
import { openPlaceOfDags } from './place-of-dags.ts';
import { storeHome } from './store-home.ts';

/**
 * Opens the place from which an Airflow reads DAGs. Nothing is asked of it yet.
 * @param url Of a store, or `git+<url>#<branch>`
 */
export async function openHome(
  url: string,
  parts: { readonly git: RunGit; readonly clock: Clock },
): Promise<DeployHome> {
  const [, remote, branch] = /^git\+([^#]+)#(.+)$/.exec(url) ?? [];
  if (remote !== undefined && branch !== undefined) return gitHome({ url, remote, branch }, parts.git);
  return storeHome(await openPlaceOfDags(url), parts.clock);
}
