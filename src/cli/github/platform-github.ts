import { findPlatformFile } from '../../config/find-platform-file.ts';
import type { GitHubDefaults } from '../../config/github-defaults.ts';

const NONE: GitHubDefaults = { variables: { product: {}, airflow: {} } };

/** What the platform's file, the nearest one upwards, says of the repositories of a team on GitHub. */
export async function readGitHubDefaults(folder: string, team: string): Promise<GitHubDefaults> {
  const path = findPlatformFile(folder);
  if (path === undefined) return NONE;
  const { readPlatformFile } = await import('../../config/platform-file.ts');
  return readPlatformFile(path, folder, [team]).githubOf(team);
}
