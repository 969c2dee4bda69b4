import { changing } from './bare-repository.ts';
import { commitFiles } from './git-state.ts';
import { addRepository } from './repository-routes.ts';
import { openSealed } from './sealed-secret.ts';
import type { GitHubDouble } from './start-github.ts';
import type { Repository, Visibility } from './state.ts';

export interface SeedOptions {
  readonly owner?: string;
  readonly description?: string;
  readonly visibility?: Visibility;
}

/** Puts a repository there before the test begins: with one commit, or empty without files. No request is counted. */
export async function seedRepository(
  { state }: GitHubDouble,
  name: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  { owner = 'acme', description, visibility = 'private' }: SeedOptions = {},
): Promise<Repository> {
  const repository = addRepository(state, { owner, name, visibility, description: description ?? null });
  if (Object.keys(files).length > 0) {
    await changing(repository, () => commitFiles(state, repository, files, 'Start'));
  }
  return repository;
}

/** Further repositories like one, hundreds in a moment: their content and settings are its own until one changes. */
export function seedCopies(
  { state }: GitHubDouble,
  source: Repository,
  names: readonly string[],
): Repository[] {
  source.shared = true;
  return names.map((name) => {
    const { owner, description, visibility, folder, defaultBranch } = source;
    const copy = addRepository(state, { owner, name, description, visibility }, folder);
    copy.defaultBranch = defaultBranch;
    for (const [slug, permission] of source.teams) copy.teams.set(slug, permission);
    for (const [key, variable] of source.variables) copy.variables.set(key, { ...variable });
    for (const [key, environment] of source.environments) copy.environments.set(key, environment);
    for (const [id, ruleset] of source.rulesets) copy.rulesets.set(id, ruleset);
    for (const [key, value] of source.settings) copy.settings.set(key, value);
    copy.topics = source.topics;
    return copy;
  });
}

/** Commits files on a branch of a repository, as if somebody had pushed; answers the hash. */
export function seedCommit(
  { state }: GitHubDouble,
  repository: Repository,
  files: Readonly<Record<string, string | Uint8Array>>,
  branch?: string,
): Promise<string> {
  return changing(repository, () => commitFiles(state, repository, files, 'Change', branch));
}

/** @throws when there is none */
export function repositoryNamed({ state }: GitHubDouble, name: string, owner = 'acme'): Repository {
  const found = state.repositories.get(`${owner}/${name}`.toLowerCase());
  if (found === undefined) throw new Error(`The GitHub of the tests has no repository ${owner}/${name}.`);
  return found;
}

/** What the secrets of a repository say once they are opened; undefined for one that was sealed for another. */
export function revealSecrets({ secrets, keys }: Repository): Record<string, string | undefined> {
  return Object.fromEntries(
    [...secrets.values()].map(({ name, sealed }) => [name, openSealed(sealed, keys)]),
  );
}
