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

/** What CI says of the default branch. */
type CiFacts = Pick<CiEvent, 'system' | 'defaultBranch'>;

/** The default branch as hermes.yaml names it, else CI; undefined when only the remote can say. */
export function namedDefaultBranch(git: Git, event: CiFacts): DefaultBranch | undefined {
  const configured = readHermesYaml(git.root)?.defaultBranch;
  if (configured !== undefined) return { name: configured, source: 'default_branch in hermes.yaml' };
  if (event.defaultBranch !== undefined) {
    const source = event.system === 'github' ? 'the event of GitHub' : 'CI_DEFAULT_BRANCH';
    return { name: event.defaultBranch, source };
  }
  return undefined;
}

/** The default branch as it is named, else as the clone knows the remote. Asks no network. */
export async function findDefaultBranch(git: Git, event: CiFacts): Promise<DefaultBranch | undefined> {
  const named = namedDefaultBranch(git, event);
  if (named !== undefined) return named;
  const known = await knownDefaultBranch(git);
  return known === undefined ? undefined : { name: known, source: 'origin, as this clone knows it' };
}
