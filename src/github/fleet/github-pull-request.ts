import type { GitHub } from '../api/github-client.ts';
import type { RepositoryPlace } from '../api/repository-place.ts';
import { requestFailure } from '../api/request-failure.ts';
import { askGraphql } from './graphql-answer.ts';
import {
  type FleetRepository,
  type Proposal,
  type ProposalOutcome,
  type SeenUpdate,
  UPDATE_BRANCH,
} from './repository-fleet.ts';
import { markedText } from './update-mark.ts';

/** Where drafts are not offered, the title says that there is something to do first. */
const UNFINISHED = 'To be finished: ';

/** Opens the pull request of updates, or brings the open one up to date. */
export async function offerPullRequest(
  github: GitHub,
  place: RepositoryPlace,
  { update, defaultBranch }: FleetRepository,
  proposal: Proposal,
  digest: string,
): Promise<ProposalOutcome> {
  const { title, isDraft } = proposal;
  const body = markedText(proposal.body, digest);
  const open = update?.state === 'open' ? update : await findOpen(github, place);
  if (open === undefined) {
    const url = await openPullRequest(github, place, { title, body, base: defaultBranch, draft: isDraft });
    return { outcome: 'opened', url };
  }
  const isChanged = isDraft === open.isDraft || (await setDraft(github, open, isDraft));
  const isUndraftable = isDraft && !isChanged;
  // Last: its text names the change, and so says that everything else is done.
  await github.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
    ...place,
    pull_number: open.number,
    title: isUndraftable ? `${UNFINISHED}${title}` : title,
    body,
    base: defaultBranch,
  });
  return { outcome: 'refreshed', url: open.url };
}

const FAREWELL =
  'The repository has caught up with its template by itself, so there is nothing left to merge here.';

/**
 * Closes the pull request with a word, and takes its branch away. As long as it is open all of it is done again, so
 * that nothing is missing in the end, and nothing doubled; GitHub closes one that loses its branch by itself.
 */
export async function withdrawPullRequest(
  github: GitHub,
  place: RepositoryPlace,
  { number, url }: SeenUpdate,
  hasBranch: boolean,
): Promise<ProposalOutcome> {
  const issue = { ...place, issue_number: number };
  const { data: comments } = await github.request(
    'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    { ...issue, per_page: 100 },
  );
  if (!comments.some(({ body }) => body === FAREWELL))
    await github.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...issue,
      body: FAREWELL,
    });
  if (hasBranch)
    await github.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', {
      ...place,
      ref: `heads/${UPDATE_BRANCH}`,
    });
  await github.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
    ...place,
    pull_number: number,
    state: 'closed',
  });
  return { outcome: 'withdrawn', url };
}

interface NewPullRequest {
  readonly title: string;
  readonly body: string;
  readonly base: string;
  readonly draft: boolean;
}

async function openPullRequest(
  github: GitHub,
  place: RepositoryPlace,
  pull: NewPullRequest,
): Promise<string> {
  const send = (title: string, draft: boolean) =>
    github.request('POST /repos/{owner}/{repo}/pulls', {
      ...place,
      title,
      body: pull.body,
      base: pull.base,
      head: UPDATE_BRANCH,
      draft,
    });
  try {
    return (await send(pull.title, pull.draft)).data.html_url;
  } catch (error) {
    const failure = requestFailure(error);
    if (pull.draft && failure?.status === 422 && /draft/i.test(failure.message))
      return (await send(`${UNFINISHED}${pull.title}`, false)).data.html_url;
    // The answer was lost, but the pull request stands.
    const open =
      failure?.isUncertain === true || failure?.status === 422 ? await findOpen(github, place) : undefined;
    if (open === undefined) throw error;
    return open.url;
  }
}

async function findOpen(github: GitHub, place: RepositoryPlace): Promise<SeenUpdate | undefined> {
  const { data } = await github.request('GET /repos/{owner}/{repo}/pulls', {
    ...place,
    head: `${place.owner}:${UPDATE_BRANCH}`,
    state: 'open',
  });
  const [pull] = data;
  if (pull === undefined) return undefined;
  return {
    id: pull.node_id,
    number: pull.number,
    url: pull.html_url,
    state: 'open',
    isDraft: pull.draft === true,
    commit: pull.head.sha,
    digest: undefined,
  };
}

const TO_DRAFT = `mutation ($id: ID!) {
  convertPullRequestToDraft(input: { pullRequestId: $id }) { pullRequest { isDraft } }
}`;
const TO_READY = `mutation ($id: ID!) {
  markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } }
}`;

/** REST cannot do it. @returns false where GitHub refuses, as without drafts in its plan */
async function setDraft(github: GitHub, { id }: SeenUpdate, isDraft: boolean): Promise<boolean> {
  const { errors } = await askGraphql(github, isDraft ? TO_DRAFT : TO_READY, { id });
  return errors.length === 0;
}
