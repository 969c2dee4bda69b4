import { ConfigError } from '../../core/errors.ts';
import type { GitHubOptions } from './github-options.ts';

/** Options that mean something on GitHub only, as they are written. */
const ONLY_ON_GITHUB = [
  ['githubHost', '--github-host'],
  ['githubTeam', '--github-team'],
  ['visibility', '--visibility'],
  ['defaultBranch', '--default-branch'],
  ['variable', '--variable'],
  ['secret', '--secret'],
] as const satisfies readonly (readonly [keyof GitHubOptions, string])[];

/** @throws ConfigError for an option that a repository on this machine has no use for */
export function refuseGitHubOptions(name: string, options: GitHubOptions): void {
  const given = ONLY_ON_GITHUB.filter(([key]) => {
    const value = options[key];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
  if (given.length === 0) return;
  const listed = given.map(([, option]) => option).join(', ');
  throw new ConfigError(`Cannot create repository ${name} on this machine: ${listed} is for GitHub.`, {
    code: 'HERMES_ONLY_ON_GITHUB',
    nextStep: 'Name the organisation with --org, or leave it out.',
  });
}
