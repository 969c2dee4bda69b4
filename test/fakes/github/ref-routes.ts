import { changing, typeOf } from './bare-repository.ts';
import { flag, text } from './fields.ts';
import { describeCommit } from './git-data-routes.ts';
import { gitMaybe, gitText } from './git-process.ts';
import { checkContent, commitOf, headOf, noticePush, refreshHook, refsOf } from './git-state.ts';
import { created, noContent, notFound, ok, refuse } from './reply.ts';
import { type Call, paged, type Route, reads, repositoryOf, route, writes } from './route.ts';
import { checkRules, rulesOf } from './rules.ts';
import type { Repository, State } from './state.ts';

const REPOSITORY = '/repos/{owner}/{repo}';

export const refRoutes: readonly Route[] = [
  route('GET', `${REPOSITORY}/git/ref/{ref}`, reads('contents'), async (call) => {
    const repository = repositoryOf(call);
    await checkContent(repository);
    return ok(await findRef(call.state, repository, `refs/${call.params.ref}`));
  }),
  route('GET', `${REPOSITORY}/git/matching-refs/{ref}`, reads('contents'), async (call) => {
    const repository = repositoryOf(call);
    await checkContent(repository);
    const refs = await refsOf(repository, `refs/${call.params.ref}`);
    return ok(refs.map((one) => describeRef(call.state, repository, one)));
  }),
  route('POST', `${REPOSITORY}/git/refs`, writes('contents'), createRef),
  route('PATCH', `${REPOSITORY}/git/refs/{ref}`, writes('contents'), updateRef),
  route('DELETE', `${REPOSITORY}/git/refs/{ref}`, writes('contents'), deleteRef),
  route('GET', `${REPOSITORY}/branches`, reads('contents'), listBranches),
  route('GET', `${REPOSITORY}/branches/{branch}`, reads('contents'), async (call) => {
    const repository = repositoryOf(call);
    const branch = call.params.branch ?? '';
    const sha = repository.lateContent > 0 ? undefined : await headOf(repository, branch);
    if (repository.lateContent > 0) repository.lateContent -= 1;
    if (sha === undefined) throw refuse(404, 'Branch not found');
    return ok(await describeBranch(call.state, repository, branch, sha));
  }),
  route('POST', `${REPOSITORY}/branches/{branch}/rename`, writes('administration'), renameBranch),
];

async function createRef(call: Call) {
  const { state, body } = call;
  const repository = repositoryOf(call);
  await checkContent(repository);
  const ref = text(body, 'ref');
  const sha = text(body, 'sha');
  if (!/^refs\/[^/]+\/./.test(ref))
    throw refuse(422, "Reference name must start with 'refs/' and have at least two slashes");
  if ((await gitMaybe(repository.folder, ['check-ref-format', ref])) === undefined) {
    throw refuse(422, `${ref} is not a valid ref name.`);
  }
  if ((await typeOf(repository.folder, sha)) === undefined) throw refuse(422, 'Object does not exist');
  await changing(repository, async () => {
    if ((await refsOf(repository)).some((one) => one.ref === ref))
      throw refuse(422, 'Reference already exists');
    checkRules(repository, branchOf(ref), 'move');
    await gitText(repository.folder, ['update-ref', ref, sha]);
    await moved(state, repository);
  });
  return created(await findRef(state, repository, ref));
}

async function updateRef(call: Call) {
  const { state, body } = call;
  const repository = repositoryOf(call);
  await checkContent(repository);
  const ref = `refs/${call.params.ref}`;
  const sha = text(body, 'sha');
  const isForced = flag(body, 'force');
  await changing(repository, async () => {
    const old = (await refsOf(repository)).find((one) => one.ref === ref);
    if (old === undefined) throw refuse(422, 'Reference does not exist');
    if ((await typeOf(repository.folder, sha)) === undefined) throw refuse(422, 'Object does not exist');
    if (old.sha === sha) return;
    const words = ['merge-base', '--is-ancestor', old.sha, sha];
    const isForward = (await gitMaybe(repository.folder, words)) !== undefined;
    if (!isForward && !isForced) throw refuse(422, 'Update is not a fast forward');
    checkRules(repository, branchOf(ref), isForward ? 'move' : 'force');
    await gitText(repository.folder, ['update-ref', ref, sha]);
    await moved(state, repository);
  });
  return ok(await findRef(state, repository, ref));
}

async function deleteRef(call: Call) {
  const repository = repositoryOf(call);
  await checkContent(repository);
  const ref = `refs/${call.params.ref}`;
  await changing(repository, async () => {
    if (!(await refsOf(repository)).some((one) => one.ref === ref))
      throw refuse(422, 'Reference does not exist');
    if (branchOf(ref) === repository.defaultBranch) throw refuse(422, 'Cannot delete the default branch');
    checkRules(repository, branchOf(ref), 'delete');
    await gitText(repository.folder, ['update-ref', '-d', ref]);
    for (const pull of repository.pulls) if (pull.head === branchOf(ref)) pull.state = 'closed';
    await moved(call.state, repository);
  });
  return noContent;
}

async function moved(state: State, repository: Repository): Promise<void> {
  noticePush(state, repository);
  if (repository.rulesets.size > 0) await refreshHook(state, repository);
}

const branchOf = (ref: string): string => ref.replace(/^refs\/heads\//, '');

async function findRef(state: State, repository: Repository, ref: string) {
  const found = (await refsOf(repository)).find((one) => one.ref === ref);
  if (found === undefined) throw notFound();
  return describeRef(state, repository, found);
}

function describeRef(
  state: State,
  { owner, name }: Repository,
  { ref, sha, type }: { readonly ref: string; readonly sha: string; readonly type: string },
) {
  const api = `${state.apiUrl}/repos/${owner}/${name}/git`;
  return {
    ref,
    node_id: `REF_${sha}`,
    url: `${api}/${ref}`,
    object: { type, sha, url: `${api}/${type}s/${sha}` },
  };
}

async function listBranches(call: Call) {
  const repository = repositoryOf(call);
  const { owner, name } = repository;
  const branches = await refsOf(repository, 'refs/heads/');
  const { items, headers } = paged(call, `/repos/${owner}/${name}/branches`, branches);
  const body = (items as typeof branches).map(({ ref, sha }) => ({
    name: branchOf(ref),
    commit: { sha, url: `${call.state.apiUrl}/repos/${owner}/${name}/commits/${sha}` },
    protected: rulesOf(repository, branchOf(ref)).length > 0,
  }));
  return { status: 200, body, headers };
}

/** https://docs.github.com/rest/branches/branches#rename-a-branch */
async function renameBranch(call: Call) {
  const { state, body } = call;
  const repository = repositoryOf(call);
  const from = call.params.branch ?? '';
  const to = text(body, 'new_name');
  const sha = await headOf(repository, from);
  if (sha === undefined) throw refuse(404, 'Branch not found');
  if ((await headOf(repository, to)) !== undefined) {
    throw refuse(422, `Validation Failed`, {
      errors: [{ resource: 'Branch', code: 'custom', message: `Branch ${to} already exists` }],
    });
  }
  await changing(repository, async () => {
    await gitText(repository.folder, ['update-ref', `refs/heads/${to}`, sha]);
    await gitText(repository.folder, ['update-ref', '-d', `refs/heads/${from}`]);
    for (const pull of repository.pulls) if (pull.base === from) pull.base = to;
    if (repository.defaultBranch === from) {
      await gitText(repository.folder, ['symbolic-ref', 'HEAD', `refs/heads/${to}`]);
      repository.defaultBranch = to;
    }
    await moved(state, repository);
  });
  return created(await describeBranch(state, repository, to, sha));
}

async function describeBranch(state: State, repository: Repository, branch: string, sha: string) {
  const api = `${state.apiUrl}/repos/${repository.owner}/${repository.name}`;
  const { tree, parents, author, committer, message, url, html_url, node_id } = await describeCommit(
    state,
    repository,
    await commitOf(repository, sha),
  );
  return {
    name: branch,
    commit: {
      sha,
      node_id,
      url,
      html_url,
      parents,
      commit: { author, committer, message, tree, url },
      author: null,
      committer: null,
    },
    protected: rulesOf(repository, branch).length > 0,
    protection_url: `${api}/branches/${branch}/protection`,
    _links: {
      self: `${api}/branches/${branch}`,
      html: `${state.gitUrl}/${repository.owner}/${repository.name}/tree/${branch}`,
    },
  };
}
