/** The numbers of a repository and of its owner; they stay when either is renamed, and are never given again. */
export interface RepositoryIds {
  readonly owner: string;
  readonly repository: string;
}

/** How the jobs of a repository name it in their tokens. */
export interface TokenSubject {
  /** Beginning of the claim `sub`: `repo:acme@1111111/weather@2222222`, or `repo:acme/weather`. */
  readonly prefix: string;
  /** Absent where only the names are known. */
  readonly ids?: RepositoryIds;
}

/**
 * The subject of a repository that was created, renamed or transferred on github.com since 2026-07-15, or that chose
 * this form (https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims).
 */
export function subjectWithIds(owner: string, name: string, ids: RepositoryIds): TokenSubject {
  return { prefix: `repo:${owner}@${ids.owner}/${name}@${ids.repository}`, ids };
}

/** The subject of an older repository, and of every one on GitHub Enterprise Server. */
export function subjectByName(owner: string, name: string, ids?: RepositoryIds): TokenSubject {
  return { prefix: `repo:${owner}/${name}`, ...(ids === undefined ? {} : { ids }) };
}

/** Whether the names alone say who it is. */
export function isByName({ prefix }: TokenSubject): boolean {
  return !prefix.includes('@');
}
