import type { FirstCommit } from '../git/first-commit.ts';
import { type CreationStep, call, type Target } from './creation-step.ts';
import { sendWhenThere } from './send-when-there.ts';

/** All files in one commit without a parent, in place of the one that GitHub makes. */
export function contentStep(
  owner: string,
  name: string,
  first: FirstCommit,
  branch: string,
  isDone: boolean,
): CreationStep {
  const repository = `/repos/${owner}/${name}`;
  const blobs = first.files
    .filter(({ bytes }) => !isText(bytes))
    .map(() => call('POST', `${repository}/git/blobs`));
  const calls = [
    ...blobs,
    call('POST', `${repository}/git/trees`),
    call('POST', `${repository}/git/commits`),
    call('PATCH', `${repository}/git/refs/heads/${branch}`),
  ];
  return {
    name: 'content',
    purpose: `${first.files.length} files in one commit`,
    action: `put the files into ${owner}/${name}`,
    right: { permissions: ['Contents: write', 'Workflows: write'], scopes: ['repo', 'workflow'] },
    calls: isDone ? [] : calls,
    isDone,
    apply: applyContent,
  };
}

async function applyContent(target: Target): Promise<undefined> {
  const { github, owner, wanted } = target;
  const place = { owner, repo: wanted.name };
  const { first } = wanted;
  const tree = await sendWhenThere(target, async () => {
    const entries = await Promise.all(first.files.map((file) => treeEntry(target, file)));
    const { data } = await github.request('POST /repos/{owner}/{repo}/git/trees', {
      ...place,
      tree: entries,
    });
    return data.sha;
  });
  const who = { name: first.identity.name, email: first.identity.email, date: isoSeconds(first.date) };
  const { data: commit } = await github.request('POST /repos/{owner}/{repo}/git/commits', {
    ...place,
    message: first.message,
    tree,
    parents: [],
    author: who,
    committer: who,
  });
  await sendWhenThere(target, () =>
    github.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', {
      ...place,
      ref: `heads/${target.defaultBranch}`,
      sha: commit.sha,
      force: true,
    }),
  );
  target.commit = commit.sha;
}

async function treeEntry({ github, owner, wanted }: Target, file: FirstCommit['files'][number]) {
  const { path, bytes, executable } = file;
  const entry = { path, mode: executable ? '100755' : '100644', type: 'blob' } as const;
  if (isText(bytes)) return { ...entry, content: Buffer.from(bytes).toString() };
  const { data } = await github.request('POST /repos/{owner}/{repo}/git/blobs', {
    owner,
    repo: wanted.name,
    content: Buffer.from(bytes).toString('base64'),
    encoding: 'base64',
  });
  return { ...entry, sha: data.sha };
}

/** Content of a tree is UTF-8; anything else would arrive changed. */
function isText(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes);
  return Buffer.from(text.toString()).equals(text);
}

/** GitHub takes seconds (https://docs.github.com/en/rest/git/commits#create-a-commit). */
function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
