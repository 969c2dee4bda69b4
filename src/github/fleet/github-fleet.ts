import type { GitHub } from '../api/github-client.ts';
import { githubFailure } from '../api/github-failure.ts';
import { readGitHubBlob, readGitHubFiles, readGitHubHistory } from './github-content.ts';
import { readGitHubEnvironment } from './github-environment.ts';
import { listRepositories } from './github-list.ts';
import { proposeOnGitHub } from './github-proposal.ts';
import type { FleetRepository, RepositoryFleet } from './repository-fleet.ts';

/** What reading and proposing need, in the words of each kind of token. */
const RIGHT = {
  permissions: ['Contents: write', 'Pull requests: write', 'Workflows: write'],
  scopes: ['repo', 'workflow'],
};

/** Repositories of an organisation, or of a user, on GitHub; updates are pull requests. */
export function createGitHubFleet(client: GitHub, owner: string): RepositoryFleet {
  const blobs = new Map<string, Buffer>();
  const place = ({ name }: FleetRepository) => ({ owner, repo: name });
  const explained = async <T>(
    action: string,
    signal: AbortSignal,
    work: (github: GitHub) => Promise<T>,
  ): Promise<T> => {
    const github = client.until(signal);
    try {
      return await work(github);
    } catch (error) {
      throw githubFailure(error, { github, owner, action, right: RIGHT });
    }
  };
  return {
    list: async function* (query, signal) {
      const action = `list the repositories of ${owner}`;
      const listed = listRepositories(client.until(signal), owner, query, signal);
      for (;;) {
        const next = await explained(action, signal, () => listed.next());
        if (next.done === true) return;
        yield next.value;
      }
    },
    readFiles: (repository, signal) =>
      explained(`read ${repository.name}`, signal, (github) =>
        readGitHubFiles(github, place(repository), repository),
      ),
    // The same content stands in many repositories, and never changes.
    readBlob: async (repository, blob, signal) => {
      const known = blobs.get(blob);
      if (known !== undefined) return known;
      const bytes = await explained(`read ${repository.name}`, signal, (github) =>
        readGitHubBlob(github, place(repository), blob),
      );
      if (bytes !== undefined) blobs.set(blob, bytes);
      return bytes;
    },
    readHistory: (repository, path, signal) =>
      explained(`read ${repository.name}`, signal, (github) =>
        readGitHubHistory(github, place(repository), repository, path),
      ),
    readEnvironment: (repository, environment, signal) =>
      explained(`read the environment ${environment} of ${repository.name}`, signal, (github) =>
        readGitHubEnvironment(github, place(repository), environment),
      ),
    propose: (repository, proposal, signal) =>
      explained(`propose an update to ${repository.name}`, signal, (github) =>
        proposeOnGitHub(github, place(repository), repository, proposal),
      ),
  };
}
