import { requestFailure } from '../api/request-failure.ts';
import type { RepositorySettings } from '../repository-settings.ts';
import { type CreationStep, call, leftAlone, type Target } from './creation-step.ts';
import { type FoundRepository, foundRepository } from './found-repository.ts';

/** What a token needs to make a repository in an organisation. */
export const CREATE_RIGHT = { permissions: ['Administration: write'], scopes: ['repo'] };

/** Stands for a branch that is known only when the repository is made. */
export const UNKNOWN_BRANCH = '<default branch>';

/**
 * Makes the repository with one commit of GitHub's, without which no branch can be written.
 * @param is Who may see the one that stands; absent without one.
 */
export function repositoryStep(
  owner: string,
  name: string,
  settings: RepositorySettings,
  isDone: boolean,
  is?: string,
): CreationStep {
  const base = { name: 'repository', action: `create repository ${owner}/${name}`, right: CREATE_RIGHT };
  if (is !== undefined && is !== settings.visibility)
    return leftAlone(base, `it stands, is ${is} and not ${settings.visibility}, and stays so`);
  return {
    ...base,
    purpose: `${settings.visibility === 'internal' ? 'an' : 'a'} ${settings.visibility} repository of ${owner}`,
    calls: isDone ? [] : [call('POST', `/orgs/${owner}/repos`)],
    isDone,
    // The creation begins with it: `makeRepository`.
    apply: async () => undefined,
  };
}

/**
 * Sends the request that makes a repository.
 * @returns undefined when the name is taken: perhaps by this very repository, after an answer that was lost
 */
export async function makeRepository({
  github,
  owner,
  wanted,
}: Omit<Target, 'defaultBranch'>): Promise<FoundRepository | undefined> {
  const { description, visibility } = wanted.settings;
  try {
    const { data } = await github.request('POST /orgs/{org}/repos', {
      org: owner,
      name: wanted.name,
      description,
      // `internal` is for organisations of an enterprise; the description of github.com leaves it out.
      visibility: visibility as 'private',
      private: visibility !== 'public',
      auto_init: true,
      delete_branch_on_merge: true,
    });
    return foundRepository(data);
  } catch (error) {
    const failure = requestFailure(error);
    if (failure?.status === 422 && /name already exists/i.test(failure.message)) return undefined;
    throw error;
  }
}
