import { readHermesYaml } from '../src/config/hermes-yaml.ts';
import type { CiEvent } from './detect-ci.ts';
import type { Git } from './git.ts';
import { knownDefaultBranch } from './remote.ts';

/** Who says which branch is the default, as far as nobody has to be asked. */
export interface DefaultBranch {
  readonly name: string;
  /** `default_branch in hermes.yaml` */
  readonly source: string;
}

/** The default branch by hermes.yaml, else by CI, else as the clone knows the remote. Asks no network. */
export async function findDefaultBranch(
  git: Git,
  event: Pick<CiEvent, 'system' | 'defaultBranch'>,
): Promise<DefaultBranch | undefined> {
  const configured = readHermesYaml(git.root)?.defaultBranch;
  if (configured !== undefined) return { name: configured, source: 'default_branch in hermes.yaml' };
  if (event.defaultBranch !== undefined) {
    const source = event.system === 'github' ? 'the event of GitHub' : 'CI_DEFAULT_BRANCH';
    return { name: event.defaultBranch, source };
  }
  const known = await knownDefaultBranch(git);
  return known === undefined ? undefined : { name: known, source: 'origin, as this clone knows it' };
}
