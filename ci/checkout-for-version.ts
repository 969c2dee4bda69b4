import { join } from 'node:path';
import { ConfigError } from '../src/core/errors.ts';
import { ask, type Git } from './git.ts';
import type { Project } from './projects.ts';

interface Checkout {
  readonly git: Git;
  readonly commit: string;
}

interface Copy {
  readonly folder: string;
  readonly scratch: string;
}

// What works a version out from the tags and the number of commits behind them.
const FROM_HISTORY =
  /^(?:setuptools-scm|vcs-versioning|hatch-vcs|versioningit|dunamai|setuptools-git-versioning|poetry-dynamic-versioning|uv-dynamic-versioning|versioneer)(?![a-z0-9-])/;

/**
 * The folder to build a project in. The clean copy has no history; a project whose version comes from git's tags gets
 * a checkout of the whole repository instead, with the same commit, the same content, all tags and nothing else.
 * @throws ConfigError when the repository was cloned without its history: the version would be a wrong one
 */
export async function checkoutForVersion(
  project: Project,
  { git, commit }: Checkout,
  { folder, scratch }: Copy,
): Promise<string> {
  const tool = project.version === undefined ? toolOf(project) : undefined;
  if (tool === undefined) return folder;
  if ((await ask(git, ['rev-parse', '--is-shallow-repository'])) === 'true') throw shallow(project, tool);
  const clone = join(scratch, 'repository');
  const quiet = ['-c', 'core.hooksPath=/dev/null', '-c', 'advice.detachedHead=false'];
  await ask(git, [...quiet, 'clone', '--quiet', '--shared', '--no-checkout', '--', git.root, clone]);
  await ask(git, ['-C', clone, ...quiet, 'checkout', '--quiet', '--detach', commit]);
  return join(clone, project.folder);
}

/** The first requirement that reads the history, by its name. */
function toolOf({ buildSystem }: Project): string | undefined {
  return buildSystem.requires
    .map((requirement) => requirement.trim().toLowerCase().replace(/[_.]/g, '-'))
    .flatMap((requirement) => FROM_HISTORY.exec(requirement)?.[0] ?? [])[0];
}

function shallow({ name }: Project, tool: string): ConfigError {
  return new ConfigError(
    `Cannot build the wheel of ${name}: ${tool} reads the version from git's tags, and this clone lacks history.`,
    {
      code: 'HERMES_SHALLOW_CLONE',
      nextStep:
        'Clone all of it. GitHub: fetch-depth: 0 at actions/checkout; Travis: git: depth: false; GitLab: GIT_DEPTH: 0.',
    },
  );
}
