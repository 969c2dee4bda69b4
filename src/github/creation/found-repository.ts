import type { GitHub } from '../api/github-client.ts';
import { unlessMissing } from '../api/unless-missing.ts';
import type { WantedRepository } from '../repository-host.ts';

/** What GitHub holds under the name of a repository. */
export interface FoundRepository {
  /** `acme/weather`, as GitHub writes it. */
  readonly fullName: string;
  readonly webUrl: string;
  readonly cloneUrl: string;
  readonly defaultBranch: string;
  readonly description: string;
  readonly visibility: string;
  readonly isArchived: boolean;
  readonly pushedAt?: string;
}

/** How its content stands to what is wanted. */
export interface FoundContent {
  /** Newest commit of the default branch; absent when there is none. */
  readonly commit?: string;
  /** Commits of the default branch. */
  readonly commits: number;
  /** The file by which a repository is known; absent when it has none. */
  readonly mark?: string;
  /** Whether it holds nothing but what GitHub puts into a repository that it makes. */
  readonly isBlank: boolean;
}

/**
 * The repository of that name; undefined when there is none, or none that the token may see.
 * A name that a repository had before it was renamed is free.
 */
export async function findRepository(
  github: GitHub,
  owner: string,
  name: string,
): Promise<FoundRepository | undefined> {
  const answer = await unlessMissing(github.request('GET /repos/{owner}/{repo}', { owner, repo: name }));
  if (answer === undefined) return undefined;
  const { data } = answer;
  if (data.full_name.toLowerCase() !== `${owner}/${name}`.toLowerCase()) return undefined;
  return foundRepository(data);
}

interface RepositoryReply {
  readonly full_name: string;
  readonly html_url: string;
  readonly clone_url: string;
  readonly default_branch: string;
  readonly description: string | null;
  readonly visibility?: string;
  readonly private: boolean;
  readonly archived: boolean;
  readonly pushed_at: string | null;
}

/** What GitHub answers of a repository. */
export function foundRepository(data: RepositoryReply): FoundRepository {
  return {
    fullName: data.full_name,
    webUrl: data.html_url,
    cloneUrl: data.clone_url,
    defaultBranch: data.default_branch,
    description: data.description ?? '',
    visibility: data.visibility ?? (data.private ? 'private' : 'public'),
    isArchived: data.archived,
    ...(data.pushed_at === null ? {} : { pushedAt: data.pushed_at }),
  };
}

/** Reads as much of the content as tells whose it is. */
export async function findContent(
  github: GitHub,
  owner: string,
  { name, mark }: WantedRepository,
  { defaultBranch }: FoundRepository,
): Promise<FoundContent> {
  const place = { owner, repo: name };
  const [file, list] = await Promise.all([
    unlessMissing(
      github.request('GET /repos/{owner}/{repo}/contents/{path}', {
        ...place,
        path: mark.path,
        ref: defaultBranch,
        headers: { accept: 'application/vnd.github.raw+json' },
      }),
    ),
    unlessMissing(
      github.request('GET /repos/{owner}/{repo}/commits', { ...place, sha: defaultBranch, per_page: 1 }),
      409,
    ),
  ]);
  const [head] = list?.data ?? [];
  if (head === undefined) return { commits: 0, isBlank: true };
  const commits = lastPage(list?.headers.link) ?? 1;
  const text = file?.data as unknown;
  return {
    commit: head.sha,
    commits,
    ...(typeof text === 'string' ? { mark: text } : {}),
    isBlank:
      commits === 1 && head.parents.length === 0 && (await isOnlyReadme(github, owner, name, head.sha)),
  };
}

/** `auto_init` makes one commit with a README (https://docs.github.com/en/rest/repos/repos#create-an-organization-repository). */
async function isOnlyReadme(github: GitHub, owner: string, repo: string, commit: string): Promise<boolean> {
  const { data } = await github.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    owner,
    repo,
    tree_sha: commit,
  });
  return data.tree.every(({ path }) => path === 'README.md');
}

/** Pages of one item each are as many as there are items. */
function lastPage(link: string | undefined): number | undefined {
  const page = /[?&]page=(\d+)[^>]*>; rel="last"/.exec(link ?? '')?.[1];
  return page === undefined ? undefined : Number(page);
}
