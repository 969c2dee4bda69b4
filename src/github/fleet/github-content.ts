import type { GitHub } from '../api/github-client.ts';
import type { RepositoryPlace } from '../api/repository-place.ts';
import { unlessMissing } from '../api/unless-missing.ts';
import type { FleetRepository, TreeFile } from './repository-fleet.ts';

/**
 * Every file at the head of the default branch. Of a repository so large that GitHub does not list it whole, those that
 * are known already are among them in any case.
 */
export async function readGitHubFiles(
  github: GitHub,
  place: RepositoryPlace,
  { head, files }: FleetRepository,
): Promise<ReadonlyMap<string, TreeFile>> {
  if (head === undefined) return files;
  const { data } = await github.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    ...place,
    tree_sha: head,
    recursive: '1',
  });
  const listed = data.tree.flatMap(({ path, sha, mode, type }) =>
    type === 'tree' || path === undefined || sha === undefined
      ? []
      : [[path, { blob: sha, mode: mode as TreeFile['mode'] }] as const],
  );
  return new Map([...files, ...listed]);
}

/** A content by its id; undefined when the repository does not have it. */
export async function readGitHubBlob(
  github: GitHub,
  place: RepositoryPlace,
  blob: string,
): Promise<Buffer | undefined> {
  const answer = await unlessMissing(
    github.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', { ...place, file_sha: blob }),
  );
  return answer === undefined ? undefined : Buffer.from(answer.data.content, 'base64');
}

/** Ids of the contents that a file had in its newest hundred commits. */
export async function readGitHubHistory(
  github: GitHub,
  place: RepositoryPlace,
  { head }: FleetRepository,
  path: string,
): Promise<string[]> {
  if (head === undefined) return [];
  const { data } = await github.request('GET /repos/{owner}/{repo}/commits', {
    ...place,
    sha: head,
    path,
    per_page: 100,
  });
  const ids = await Promise.all(
    data.map(async ({ sha }) => {
      const answer = await unlessMissing(
        github.request('GET /repos/{owner}/{repo}/contents/{path}', { ...place, path, ref: sha }),
      );
      return answer === undefined || Array.isArray(answer.data) ? [] : [answer.data.sha];
    }),
  );
  return [...new Set(ids.flat())];
}
