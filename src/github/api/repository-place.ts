/** Names a repository in a request. */
export interface RepositoryPlace {
  readonly owner: string;
  readonly repo: string;
}
