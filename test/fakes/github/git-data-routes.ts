import { checkWorkflows } from './access.ts';
import {
  changing,
  type Signature,
  type TreeEntry,
  typeOf,
  writeBlobs,
  writeCommit,
  writeTree,
} from './bare-repository.ts';
import { object, objects, optionalText, text, texts } from './fields.ts';
import { gitBytes, gitText } from './git-process.ts';
import { checkContent } from './git-state.ts';
import { created, notFound, ok, refuse } from './reply.ts';
import { type Call, type Route, reads, repositoryOf, route, writes } from './route.ts';
import type { Fields, Repository, State } from './state.ts';

const GIT = '/repos/{owner}/{repo}/git';
const MODES = ['100644', '100755', '040000', '160000', '120000'];

export const gitDataRoutes: readonly Route[] = [
  route('POST', `${GIT}/blobs`, writes('contents'), createBlob),
  route('GET', `${GIT}/blobs/{file_sha}`, reads('contents'), readBlob),
  route('POST', `${GIT}/trees`, writes('contents'), createTree),
  route('GET', `${GIT}/trees/{tree_sha}`, reads('contents'), readTree),
  route('POST', `${GIT}/commits`, writes('contents'), createCommit),
  route('GET', `${GIT}/commits/{commit_sha}`, reads('contents'), async (call) => {
    const repository = repositoryOf(call);
    await checkContent(repository);
    const sha = call.params.commit_sha ?? '';
    if ((await typeOf(repository.folder, sha)) !== 'commit') throw notFound();
    return ok(await describeCommit(call.state, repository, sha));
  }),
];

async function createBlob(call: Call) {
  const repository = repositoryOf(call);
  await checkContent(repository);
  const encoding = optionalText(call.body, 'encoding') ?? 'utf-8';
  if (encoding !== 'utf-8' && encoding !== 'base64') throw refuse(422, `Invalid encoding: ${encoding}`);
  const bytes = Buffer.from(text(call.body, 'content'), encoding === 'base64' ? 'base64' : 'utf8');
  const [sha = ''] = await changing(repository, () => writeBlobs(repository.folder, [bytes]));
  return created({
    sha,
    url: `${call.state.apiUrl}/repos/${repository.owner}/${repository.name}/git/blobs/${sha}`,
  });
}

async function readBlob(call: Call) {
  const repository = repositoryOf(call);
  await checkContent(repository);
  const sha = call.params.file_sha ?? '';
  if ((await typeOf(repository.folder, sha)) !== 'blob') throw notFound();
  const bytes = await gitBytes(repository.folder, ['cat-file', 'blob', sha]);
  const url = `${call.state.apiUrl}/repos/${repository.owner}/${repository.name}/git/blobs/${sha}`;
  // GitHub breaks its base64 into lines of 60.
  const content = bytes.toString('base64').replaceAll(/.{60}/g, '$&\n');
  return ok({ sha, node_id: `B_${sha}`, size: bytes.length, url, content, encoding: 'base64' });
}

async function createTree(call: Call) {
  const repository = repositoryOf(call);
  const { folder } = repository;
  await checkContent(repository);
  checkWorkflows(call);
  const wanted = objects(call.body, 'tree');
  if (wanted.length === 0) throw refuse(422, 'Invalid tree info');
  for (const entry of wanted) checkEntry(entry);
  const base = optionalText(call.body, 'base_tree');
  if (base !== undefined && !['tree', 'commit'].includes((await typeOf(folder, base)) ?? '')) {
    throw refuse(422, 'base_tree is not a valid tree oid');
  }
  const sha = await changing(repository, async () => {
    const inline = wanted.filter(({ content }) => content !== undefined);
    const hashes = await writeBlobs(
      folder,
      inline.map((entry) => Buffer.from(text(entry, 'content'))),
    );
    const entries = wanted.map((entry): TreeEntry => {
      const at = inline.indexOf(entry);
      return {
        path: text(entry, 'path'),
        mode: text(entry, 'mode'),
        sha: at < 0 ? shaOf(entry) : (hashes[at] ?? ''),
      };
    });
    for (const entry of entries) {
      if (entry.sha !== null && entry.mode !== '160000' && (await typeOf(folder, entry.sha)) === undefined) {
        throw refuse(
          422,
          `tree.sha ${entry.sha} is not a valid ${entry.mode === '040000' ? 'tree' : 'blob'}`,
        );
      }
    }
    return writeTree(folder, entries, base);
  });
  return created(await describeTree(call.state, repository, sha, false));
}

const shaOf = (entry: Fields): string | null => (entry.sha === null ? null : text(entry, 'sha'));

/** What GitHub refuses before it writes anything. */
function checkEntry(entry: Fields): void {
  const path = text(entry, 'path');
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git')) {
    throw refuse(422, 'tree.path contains a malformed path component');
  }
  if (!MODES.includes(text(entry, 'mode'))) throw refuse(422, 'tree.mode is invalid');
  if (entry.content !== undefined && entry.sha !== undefined) {
    throw refuse(422, 'Must supply either tree.sha or tree.content, not both.');
  }
  if (entry.content === undefined && entry.sha === undefined) {
    throw refuse(422, 'Must supply tree.sha or tree.content.');
  }
}

async function readTree(call: Call) {
  const repository = repositoryOf(call);
  await checkContent(repository);
  const name = call.params.tree_sha ?? '';
  const isRecursive = call.query.has('recursive');
  for (const candidate of [name, `refs/heads/${name}`, `refs/tags/${name}`]) {
    const words = ['rev-parse', '--verify', '--quiet', `${candidate}^{tree}`];
    const sha = await gitText(repository.folder, words).catch(() => undefined);
    if (sha !== undefined) return ok(await describeTree(call.state, repository, sha, isRecursive));
  }
  throw notFound();
}

async function describeTree(state: State, repository: Repository, sha: string, isRecursive: boolean) {
  const words = ['ls-tree', '-z', '--long', ...(isRecursive ? ['-r', '-t'] : []), sha];
  const lines = (await gitText(repository.folder, words)).split('\0').filter((line) => line !== '');
  const api = `${state.apiUrl}/repos/${repository.owner}/${repository.name}/git`;
  const tree = lines.map((line) => {
    const [facts = '', path = ''] = line.split('\t');
    const [mode = '', type = '', entry = '', size = ''] = facts.split(/ +/);
    const more = type === 'blob' ? { size: Number(size) } : {};
    return { path, mode, type, sha: entry, ...more, url: `${api}/${type}s/${entry}` };
  });
  return { sha, url: `${api}/trees/${sha}`, tree, truncated: false };
}

async function createCommit(call: Call) {
  const { state, body, token } = call;
  const repository = repositoryOf(call);
  const { folder } = repository;
  await checkContent(repository);
  const message = text(body, 'message');
  const tree = text(body, 'tree');
  const parents = texts(body, 'parents');
  if ((await typeOf(folder, tree)) !== 'tree') throw refuse(422, 'Tree SHA does not exist');
  for (const parent of parents) {
    if ((await typeOf(folder, parent)) !== 'commit')
      throw refuse(422, 'Parent SHA does not exist or is not a commit object');
  }
  const login = token?.login ?? 'ghost';
  const self = { name: login, email: `${login}@users.noreply.example.com`, date: state.now().toISOString() };
  const author = signature(object(body, 'author'), self);
  const committer = signature(object(body, 'committer'), author);
  const sha = await changing(repository, () =>
    writeCommit(folder, tree, parents, message, author, committer),
  );
  return created(await describeCommit(state, repository, sha));
}

function signature(given: Fields | undefined, otherwise: Signature): Signature {
  if (given === undefined) return otherwise;
  return {
    name: text(given, 'name'),
    email: text(given, 'email'),
    date: optionalText(given, 'date') ?? otherwise.date,
  };
}

export async function describeCommit(state: State, repository: Repository, sha: string) {
  const format = '%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B';
  const said = await gitText(repository.folder, ['show', '-s', `--format=${format}`, sha]);
  const [tree = '', parents = '', an, ae, ad = '', cn, ce, cd = '', ...rest] = said.split('\0');
  const api = `${state.apiUrl}/repos/${repository.owner}/${repository.name}/git`;
  const html = `${state.gitUrl}/${repository.owner}/${repository.name}/commit`;
  const utc = (date: string) => new Date(date).toISOString().replace('.000Z', 'Z');
  return {
    sha,
    node_id: `C_${sha}`,
    url: `${api}/commits/${sha}`,
    html_url: `${html}/${sha}`,
    author: { name: an, email: ae, date: utc(ad) },
    committer: { name: cn, email: ce, date: utc(cd) },
    message: rest.join('\0').replace(/\n$/, ''),
    tree: { sha: tree, url: `${api}/trees/${tree}` },
    parents: parents
      .split(' ')
      .filter(Boolean)
      .map((parent) => ({
        sha: parent,
        url: `${api}/commits/${parent}`,
        html_url: `${html}/${parent}`,
      })),
    verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
  };
}
