import type { GitHub } from '../api/github-client.ts';
import { requestFailure } from '../api/request-failure.ts';
import type { WantedRepository } from '../repository-host.ts';
import type { Target } from './creation-step.ts';
import { type FoundRepository, findContent, findRepository } from './found-repository.ts';
import { findSettings, NO_SETTINGS } from './found-settings.ts';
import type { Standing } from './plan-creation.ts';
import { makeRepository } from './repository-step.ts';
import { archived, hiddenName, isWanted, nameTaken } from './taken-name.ts';

/** Seconds before the next look at a repository whose fate is not known. */
const PAUSES = [1, 4, 9];

/** A repository that has the name, and is the wanted one. */
export interface Begun {
  readonly found: FoundRepository;
  readonly standing: Standing;
  /** Newest one of the default branch; absent when the content is still to come. */
  readonly commit?: string;
}

/**
 * Takes the name: makes the repository, or takes up the wanted one that stands already. It does not ask before: that
 * would save nobody from whoever is quicker, and GitHub refuses a name that is taken.
 * @throws ConfigError `HERMES_REPOSITORY_TAKEN`
 */
export async function beginCreation(base: Omit<Target, 'defaultBranch'>): Promise<Begun> {
  const { github, owner, wanted, clock, signal } = base;
  for (let look = 0; ; look += 1) {
    let lost: unknown;
    try {
      const made = await makeRepository(base);
      if (made !== undefined) {
        const { defaultBranch } = made;
        const standing = { defaultBranch, isFresh: true, hasContent: false, settings: NO_SETTINGS };
        return { found: made, standing };
      }
    } catch (error) {
      if (requestFailure(error)?.isUncertain !== true) throw error;
      lost = error;
    }
    const found = await findRepository(github, owner, wanted.name);
    if (found !== undefined) return { found, ...(await survey(github, owner, wanted, found)) };
    const seconds = PAUSES[look];
    // A name that is taken shows its repository at once, or after a moment, or never.
    if (seconds === undefined || (lost === undefined && look > 0))
      throw lost ?? hiddenName(owner, wanted.name);
    await clock.sleep(seconds * 1000, signal);
  }
}

/**
 * Looks at what stands under the name.
 * @throws ConfigError `HERMES_REPOSITORY_TAKEN` when it is something else
 */
export async function survey(
  github: GitHub,
  owner: string,
  wanted: WantedRepository,
  found: FoundRepository,
): Promise<{ readonly standing: Standing; readonly commit?: string }> {
  const content = await findContent(github, owner, wanted, found);
  if (!isWanted(wanted, found, content)) throw nameTaken(owner, wanted, found, content);
  if (found.isArchived) throw archived(owner, wanted, found);
  const { defaultBranch, visibility } = found;
  const settings = await findSettings(github, owner, wanted.name, wanted.settings);
  const hasContent = content.mark !== undefined;
  const commit = hasContent && content.commit !== undefined ? { commit: content.commit } : {};
  return { standing: { defaultBranch, visibility, isFresh: false, hasContent, settings }, ...commit };
}
