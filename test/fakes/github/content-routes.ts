import { posix } from 'node:path';
import { checkWorkflows } from './access.ts';
import { changing } from './bare-repository.ts';
import { optionalText, text } from './fields.ts';
import { describeCommit } from './git-data-routes.ts';
import { gitBytes, gitText } from './git-process.ts';
import { checkContent, commitFiles, commitOf, headOf } from './git-state.ts';
import { created, emptyRepository, notFound, ok, refuse } from './reply.ts';
import { type Call, paged, type Route, reads, repositoryOf, route, writes } from './route.ts';
import { checkRules } from './rules.ts';
import type { Repository, State } from './state.ts';

const REPOSITORY = '/repos/{owner}/{repo}';

export const contentRoutes: readonly Route[] = [
  route('GET', `${REPOSITORY}/contents/{path}`, reads('contents'), readContent),
  route('PUT', `${REPOSITORY}/contents/{path}`, writes('contents'), writeContent),
  route('GET', `${REPOSITORY}/commits`, reads('contents'), listCommits),
  route('GET', `${REPOSITORY}/commits/{ref}`, reads('contents'), async (call) => {
    const repository = repositoryOf(call);
    await checkContent(repository);
    const sha = await commitOf(repository, call.params.ref ?? '');
    if (call.headers.accept?.includes('sha') === true) return { status: 200, body: sha };
    return ok(await describeLong(call.state, repository, sha));
  }),
  route('GET', `${REPOSITORY}/compare/{basehead}`, reads('contents'), compare),
];

async function readContent(call: Call) {
  const { state, params, query, headers } = call;
  const repository = repositoryOf(call);
  // Here, and here only, GitHub says of an empty repository that nothing was found.
  if (repository.lateContent > 0) {
    repository.lateContent -= 1;
    throw refuse(404, 'This repository is empty.');
  }
  if ((await headOf(repository, repository.defaultBranch)) === undefined)
    throw refuse(404, 'This repository is empty.');
  const ref = query.get('ref') ?? repository.defaultBranch;
  const commit = await commitOf(repository, ref.replace(/^refs\/(heads|tags)\//, '')).catch(() => {
    throw refuse(404, `No commit found for the ref ${ref}`);
  });
  const path = params.path ?? '';
  const lines = await gitText(repository.folder, ['ls-tree', '-z', '--long', commit, '--', path]);
  const [facts = '', found] = (lines.split('\0')[0] ?? '').split('\t');
  const [, type = '', sha = ''] = facts.split(/ +/);
  if (found !== path) throw notFound();
  if (type === 'tree') return ok(await listFolder(state, repository, `${commit}:${path}`, path));
  const bytes = await gitBytes(repository.folder, ['cat-file', 'blob', sha]);
  if (headers.accept?.includes('raw') === true) return { status: 200, body: bytes };
  const content = bytes.toString('base64').replaceAll(/.{60}/g, '$&\n');
  return ok({
    ...describeEntry(state, repository, path, 'file', sha, bytes.length),
    content,
    encoding: 'base64',
  });
}

async function listFolder(state: State, repository: Repository, tree: string, folder: string) {
  const lines = (await gitText(repository.folder, ['ls-tree', '-z', '--long', tree]))
    .split('\0')
    .filter(Boolean);
  return lines.map((line) => {
    const [facts = '', name = ''] = line.split('\t');
    const [, type = '', sha = '', size = ''] = facts.split(/ +/);
    const path = posix.join(folder, name);
    return describeEntry(state, repository, path, type === 'tree' ? 'dir' : 'file', sha, Number(size) || 0);
  });
}

function describeEntry(
  state: State,
  { owner, name }: Repository,
  path: string,
  type: 'file' | 'dir',
  sha: string,
  size: number,
) {
  const api = `${state.apiUrl}/repos/${owner}/${name}`;
  const html = `${state.gitUrl}/${owner}/${name}/blob/main/${path}`;
  const links = { self: `${api}/contents/${path}`, git: `${api}/git/blobs/${sha}`, html };
  const urls = { url: links.self, git_url: links.git, html_url: html, download_url: null };
  return { type, name: posix.basename(path), path, sha, size, ...urls, _links: links };
}

async function writeContent(call: Call) {
  const { state, params, body, query } = call;
  const repository = repositoryOf(call);
  const path = params.path ?? '';
  checkWorkflows({ ...call, body: { path } });
  const branch = optionalText(body, 'branch') ?? query.get('branch') ?? repository.defaultBranch;
  const bytes = Buffer.from(text(body, 'content'), 'base64');
  const head = await headOf(repository, branch);
  const held = head === undefined ? '' : await gitText(repository.folder, ['ls-tree', head, '--', path]);
  const old = held.split(/[ \t]/)[2];
  const sha = optionalText(body, 'sha');
  if (old !== undefined && sha === undefined) throw refuse(422, `Invalid request.\n\n"sha" wasn't supplied.`);
  if (old !== undefined && sha !== old) throw refuse(409, `${path} does not match ${sha}`);
  const commit = await changing(repository, async () => {
    checkRules(repository, branch, 'move');
    return commitFiles(state, repository, { [path]: bytes }, text(body, 'message'), branch);
  });
  const blob = (await gitText(repository.folder, ['rev-parse', `${commit}:${path}`])) ?? '';
  const reply = {
    content: describeEntry(state, repository, path, 'file', blob, bytes.length),
    commit: await describeCommit(state, repository, commit),
  };
  return old === undefined ? created(reply) : ok(reply);
}

async function listCommits(call: Call) {
  const { state, query } = call;
  const repository = repositoryOf(call);
  if ((await headOf(repository, repository.defaultBranch)) === undefined) throw emptyRepository();
  await checkContent(repository);
  const start = await commitOf(repository, query.get('sha') ?? repository.defaultBranch);
  const path = query.get('path');
  const words = ['rev-list', start, ...(path === null ? [] : ['--', path])];
  const shas = (await gitText(repository.folder, words)).split('\n').filter(Boolean);
  const { items, headers } = paged(call, `/repos/${repository.owner}/${repository.name}/commits`, shas);
  const body = await Promise.all((items as string[]).map((sha) => describeLong(state, repository, sha)));
  return { status: 200, body, headers };
}

async function describeLong(state: State, repository: Repository, sha: string) {
  const { node_id, html_url, author, committer, message, tree, parents, verification } = await describeCommit(
    state,
    repository,
    sha,
  );
  const url = `${state.apiUrl}/repos/${repository.owner}/${repository.name}/commits/${sha}`;
  const commit = { author, committer, message, tree, url, comment_count: 0, verification };
  return {
    sha,
    node_id,
    url,
    html_url,
    comments_url: `${url}/comments`,
    commit,
    author: null,
    committer: null,
    parents,
  };
}

async function compare(call: Call) {
  const { state, params } = call;
  const repository = repositoryOf(call);
  await checkContent(repository);
  const [from = '', to = ''] = (params.basehead ?? '').split('...');
  const base = await commitOf(repository, from);
  const head = await commitOf(repository, to);
  const count = async (range: string) =>
    (await gitText(repository.folder, ['rev-list', range])).split('\n').filter(Boolean);
  const ahead = (await count(`${base}..${head}`)).toReversed();
  const behind = await count(`${head}..${base}`);
  const merge = await gitText(repository.folder, ['merge-base', base, head]).catch(() => {
    throw notFound();
  });
  const changed = await gitText(repository.folder, [
    'diff',
    '--name-status',
    '-z',
    '--no-renames',
    merge,
    head,
  ]);
  const words = changed.split('\0').filter(Boolean);
  const files = Array.from({ length: words.length / 2 }, (_none, at) => ({
    filename: words[2 * at + 1] ?? '',
    status: { A: 'added', D: 'removed' }[words[2 * at] ?? ''] ?? 'modified',
  }));
  const status =
    ahead.length > 0
      ? behind.length > 0
        ? 'diverged'
        : 'ahead'
      : behind.length > 0
        ? 'behind'
        : 'identical';
  return ok({
    status,
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    base_commit: await describeLong(state, repository, base),
    merge_base_commit: await describeLong(state, repository, merge),
    commits: await Promise.all(ahead.map((sha) => describeLong(state, repository, sha))),
    files,
  });
}
