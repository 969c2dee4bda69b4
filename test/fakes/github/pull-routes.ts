import { flag, optionalText, text, texts } from './fields.ts';
import { gitMaybe, gitText } from './git-process.ts';
import { headOf } from './git-state.ts';
import { created, invalid, notFound, ok, refuse } from './reply.ts';
import { describeRepository, describeUser, seconds } from './repository-json.ts';
import {
  type Call,
  organisationPlan,
  paged,
  type Route,
  reads,
  repositoryOf,
  route,
  writes,
} from './route.ts';
import type { Pull, Repository, State } from './state.ts';

const PULLS = '/repos/{owner}/{repo}/pulls';
const ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}';

export const pullRoutes: readonly Route[] = [
  route('GET', PULLS, reads('pull_requests'), listPulls),
  route('POST', PULLS, writes('pull_requests'), createPull),
  route('GET', `${PULLS}/{pull_number}`, reads('pull_requests'), async (call) =>
    ok(await describePull(call.state, repositoryOf(call), pullOf(call))),
  ),
  route('PATCH', `${PULLS}/{pull_number}`, writes('pull_requests'), updatePull),
  route('GET', `${ISSUE}/comments`, reads('issues'), (call) =>
    ok(pullOf(call).comments.map((one) => describeComment(call, one))),
  ),
  route('POST', `${ISSUE}/comments`, writes('issues'), (call) => {
    const pull = pullOf(call);
    const comment = {
      id: call.state.nextId(),
      login: call.token?.login ?? 'ghost',
      body: text(call.body, 'body'),
    };
    pull.comments.push(comment);
    return created(describeComment(call, comment));
  }),
  route('POST', `${ISSUE}/labels`, writes('issues'), (call) => {
    const pull = pullOf(call);
    for (const label of texts(call.body, 'labels')) pull.labels.add(label);
    return ok([...pull.labels].map(describeLabel));
  }),
];

async function listPulls(call: Call) {
  const { state, query } = call;
  const repository = repositoryOf(call);
  const wanted = query.get('state') ?? 'open';
  const head = query.get('head');
  const base = query.get('base');
  const found = repository.pulls.filter(
    (pull) =>
      (wanted === 'all' || pull.state === wanted) &&
      (base === null || pull.base === base) &&
      // GitHub overlooks a head without its owner.
      (head === null ||
        !head.includes(':') ||
        head.toLowerCase() === `${repository.owner}:${pull.head}`.toLowerCase()),
  );
  const { items, headers } = paged(
    call,
    `/repos/${repository.owner}/${repository.name}/pulls`,
    found.toReversed(),
  );
  const body = await Promise.all((items as Pull[]).map((pull) => describePull(state, repository, pull)));
  return { status: 200, body, headers };
}

async function createPull(call: Call) {
  const { state, body, token } = call;
  const repository = repositoryOf(call);
  const base = text(body, 'base');
  const head = text(body, 'head').replace(`${repository.owner}:`, '');
  const title = text(body, 'title');
  const draft = flag(body, 'draft');
  if ((await headOf(repository, base)) === undefined) throw invalid('PullRequest', 'base', 'invalid');
  if ((await headOf(repository, head)) === undefined) throw invalid('PullRequest', 'head', 'invalid');
  const open = repository.pulls.find(
    (pull) => pull.state === 'open' && pull.head === head && pull.base === base,
  );
  if (open !== undefined) {
    const message = `A pull request already exists for ${repository.owner}:${head}.`;
    throw refuse(422, 'Validation Failed', {
      errors: [{ resource: 'PullRequest', code: 'custom', message }],
    });
  }
  const range = `refs/heads/${base}..refs/heads/${head}`;
  if ((await gitText(repository.folder, ['rev-list', '--count', range])) === '0') {
    const message = `No commits between ${base} and ${head}`;
    throw refuse(422, 'Validation Failed', {
      errors: [{ resource: 'PullRequest', code: 'custom', message }],
    });
  }
  // https://docs.github.com/rest/pulls/pulls#create-a-pull-request
  if (draft && repository.visibility !== 'public' && organisationPlan(call, repository) === 'free') {
    throw refuse(422, 'Draft pull requests are not supported in this repository.');
  }
  const now = state.now();
  const pull: Pull = {
    number: repository.pulls.length + 1,
    id: state.nextId(),
    author: token?.login ?? 'ghost',
    title,
    body: optionalText(body, 'body') ?? null,
    head,
    base,
    draft,
    state: 'open',
    mergedAt: null,
    comments: [],
    labels: new Set(),
    createdAt: now,
    updatedAt: now,
  };
  repository.pulls.push(pull);
  return created(await describePull(state, repository, pull));
}

async function updatePull(call: Call) {
  const { state, body } = call;
  const pull = pullOf(call);
  pull.title = optionalText(body, 'title') ?? pull.title;
  if ('body' in body) pull.body = optionalText(body, 'body') ?? null;
  pull.base = optionalText(body, 'base') ?? pull.base;
  const wanted = optionalText(body, 'state');
  if (wanted === 'open' || wanted === 'closed') pull.state = wanted;
  // A draft becomes ready by GraphQL only; REST overlooks the field.
  pull.updatedAt = state.now();
  return ok(await describePull(state, repositoryOf(call), pull));
}

function pullOf(call: Call): Pull {
  const number = Number(call.params.pull_number ?? call.params.issue_number);
  const found = repositoryOf(call).pulls.find((pull) => pull.number === number);
  if (found === undefined) throw notFound();
  return found;
}

async function describePull(state: State, repository: Repository, pull: Pull) {
  const { owner, name } = repository;
  const api = `${state.apiUrl}/repos/${owner}/${name}`;
  const html = `${state.gitUrl}/${owner}/${name}/pull/${pull.number}`;
  const side = async (ref: string) => ({
    label: `${owner}:${ref}`,
    ref,
    sha: (await headOf(repository, ref)) ?? '0'.repeat(40),
    user: describeUser(state, owner),
    repo: describeRepository(state, repository, undefined),
  });
  return {
    id: pull.id,
    node_id: `PR_${pull.id}`,
    number: pull.number,
    url: `${api}/pulls/${pull.number}`,
    html_url: html,
    issue_url: `${api}/issues/${pull.number}`,
    state: pull.state,
    locked: false,
    title: pull.title,
    body: pull.body,
    draft: pull.draft,
    user: describeUser(state, pull.author),
    labels: [...pull.labels].map(describeLabel),
    created_at: seconds(pull.createdAt),
    updated_at: seconds(pull.updatedAt),
    closed_at: pull.state === 'closed' ? seconds(pull.updatedAt) : null,
    merged_at: pull.mergedAt === null ? null : seconds(pull.mergedAt),
    head: await side(pull.head),
    base: await side(pull.base),
  };
}

/** What pressing "Merge" does; for tests. */
export async function mergePull(state: State, repository: Repository, pull: Pull): Promise<void> {
  const { folder } = repository;
  const [base, head] = [`refs/heads/${pull.base}`, `refs/heads/${pull.head}`];
  const tree = (await gitText(folder, ['merge-tree', '--write-tree', base, head])).split('\n')[0] ?? '';
  const who = { GIT_AUTHOR_NAME: 'GitHub', GIT_AUTHOR_EMAIL: 'noreply@github.com' };
  const env = { ...who, GIT_COMMITTER_NAME: 'GitHub', GIT_COMMITTER_EMAIL: 'noreply@github.com' };
  const words = ['commit-tree', tree, '-p', base, '-p', head];
  const commit = await gitText(folder, words, `Merge pull request #${pull.number}`, env);
  await gitText(folder, ['update-ref', base, commit]);
  if (repository.settings.get('delete_branch_on_merge') === true)
    await gitMaybe(folder, ['update-ref', '-d', head]);
  pull.state = 'closed';
  pull.mergedAt = state.now();
  repository.pushedAt = state.now();
}

function describeComment({ state }: Call, { id, login, body }: Pull['comments'][number]) {
  return { id, node_id: `IC_${id}`, body, user: describeUser(state, login) };
}

const describeLabel = (name: string) => ({ name, color: 'ededed', default: false, description: null });
