import type { GitHub } from '../api/github-client.ts';
import type { RepositoryPlace } from '../api/repository-place.ts';
import { unlessMissing } from '../api/unless-missing.ts';
import { offerPullRequest, withdrawPullRequest } from './github-pull-request.ts';
import { askGraphql, isUnknownField, reasonsOf } from './graphql-answer.ts';
import {
  CLOSED,
  type FleetRepository,
  type Proposal,
  type ProposalOutcome,
  UPDATE_BRANCH,
} from './repository-fleet.ts';
import { digestInCommit, digestOf, markedMessage } from './update-mark.ts';

/** What stands on the branch of updates. */
interface Standing {
  readonly commit: string;
  /** Undefined when somebody else has a hand in it. */
  readonly digest: string | undefined;
}

/**
 * Offers a change as the one pull request of updates of a repository: opens it, refreshes it in place, or closes it when
 * there is nothing left to offer. Looks first, so that it may be done again at any time.
 */
export async function proposeOnGitHub(
  github: GitHub,
  place: RepositoryPlace,
  repository: FleetRepository,
  proposal: Proposal,
): Promise<ProposalOutcome> {
  const { update } = repository;
  const isOpen = update?.state === 'open';
  if (proposal.changes.length === 0 && !isOpen) return { outcome: 'nothing' };
  const digest = digestOf(proposal.changes);
  if (update !== undefined && update.digest === digest && update.state !== 'merged')
    return isOpen
      ? { outcome: 'current', url: update.url }
      : { outcome: 'left', url: update.url, reason: CLOSED };
  const standing = await readStanding(github, place);
  // A branch whose pull request was merged as it is has served its purpose.
  const isSpent = update?.state === 'merged' && update.commit === standing?.commit;
  if (standing !== undefined && standing.digest === undefined && !isSpent)
    return {
      outcome: 'left',
      ...(update === undefined ? {} : { url: update.url }),
      reason: `others have committed to its branch ${UPDATE_BRANCH}`,
    };
  if (proposal.changes.length === 0 && update !== undefined)
    return withdrawPullRequest(github, place, update, standing !== undefined);
  if (standing?.digest !== digest) {
    const commit = await writeCommit(github, place, proposal, digest);
    const overtaken = await moveBranch(github, place, repository, standing, commit);
    if (overtaken !== undefined) return { outcome: 'left', reason: overtaken };
  }
  return offerPullRequest(github, place, repository, proposal, digest);
}

async function readStanding(github: GitHub, place: RepositoryPlace): Promise<Standing | undefined> {
  const found = await unlessMissing(
    github.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...place, ref: `heads/${UPDATE_BRANCH}` }),
  );
  if (found === undefined) return undefined;
  const commit = found.data.object.sha;
  const { data } = await github.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    ...place,
    commit_sha: commit,
  });
  return { commit, digest: digestInCommit(data.message, data.tree.sha) };
}

/** One commit on the head that the change was made for; no branch knows of it yet. */
async function writeCommit(
  github: GitHub,
  place: RepositoryPlace,
  { head, changes, title, identity }: Proposal,
  digest: string,
): Promise<string> {
  const { data: parent } = await github.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    ...place,
    commit_sha: head,
  });
  const tree = await github.request('POST /repos/{owner}/{repo}/git/trees', {
    ...place,
    base_tree: parent.tree.sha,
    tree: await Promise.all(changes.map((change) => treeEntry(github, place, change))),
  });
  const { data } = await github.request('POST /repos/{owner}/{repo}/git/commits', {
    ...place,
    message: markedMessage(title, digest, tree.data.sha),
    tree: tree.data.sha,
    parents: [head],
    author: { name: identity.name, email: identity.email },
  });
  return data.sha;
}

/** A text stands in the tree's own request; other bytes need one of theirs. */
async function treeEntry(github: GitHub, place: RepositoryPlace, change: Proposal['changes'][number]) {
  const { path, bytes, executable } = change;
  const entry = { path, mode: executable ? '100755' : '100644', type: 'blob' } as const;
  if (bytes === undefined) return { ...entry, mode: '100644' as const, sha: null };
  const content = bytes.toString();
  if (Buffer.from(content).equals(bytes)) return { ...entry, content };
  const { data } = await github.request('POST /repos/{owner}/{repo}/git/blobs', {
    ...place,
    content: bytes.toString('base64'),
    encoding: 'base64',
  });
  return { ...entry, sha: data.sha };
}

const MOVE = `mutation ($repository: ID!, $ref: GitRefname!, $before: GitObjectID!, $after: GitObjectID!) {
  updateRefs(input: {
    repositoryId: $repository
    refUpdates: [{ name: $ref, beforeOid: $before, afterOid: $after, force: true }]
  }) { clientMutationId }
}`;

/**
 * Puts the branch on a commit, only when it still stands where it was seen. REST cannot say so, GraphQL can.
 * @returns why not
 */
async function moveBranch(
  github: GitHub,
  place: RepositoryPlace,
  { id }: FleetRepository,
  standing: Standing | undefined,
  commit: string,
): Promise<string | undefined> {
  const ref = `refs/heads/${UPDATE_BRANCH}`;
  if (standing === undefined) {
    await github.request('POST /repos/{owner}/{repo}/git/refs', { ...place, ref, sha: commit });
    return undefined;
  }
  const variables = { repository: id, ref, before: standing.commit, after: commit };
  const { errors } = await askGraphql(github, MOVE, variables);
  if (errors.some(isUnknownField)) return forceBranch(github, place, standing, commit);
  return errors.length === 0 ? undefined : `GitHub does not move its branch: ${reasonsOf(errors)}`;
}

/** On a server whose GraphQL does not move refs: between the look and the move somebody could still commit. */
async function forceBranch(
  github: GitHub,
  place: RepositoryPlace,
  standing: Standing,
  commit: string,
): Promise<string | undefined> {
  const now = await readStanding(github, place);
  if (now?.commit !== standing.commit) return 'somebody commits to its branch at this moment';
  await github.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', {
    ...place,
    ref: `heads/${UPDATE_BRANCH}`,
    sha: commit,
    force: true,
  });
  return undefined;
}
