import { realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import type { Cli } from '../cli.ts';

/**
 * Refuses to write among the DAG files that are read. A folder below them that git ignores is no place for sources.
 * @param paths DAG files and folders, as the user typed them.
 * @throws ConfigError `HERMES_BUILD_AMONG_SOURCES`
 */
export async function checkOutFolder(cli: Cli, paths: readonly string[], out: string): Promise<void> {
  const folder = realPath(resolve(cli.cwd, out));
  for (const path of paths) {
    const source = realPath(resolve(cli.cwd, path));
    if (await isApart(cli, folder, source)) continue;
    throw new ConfigError(`Cannot compile into ${out}: the DAG files of ${path} are read there.`, {
      code: 'HERMES_BUILD_AMONG_SOURCES',
      nextStep: 'Choose a folder of its own with --out, such as build.',
    });
  }
}

async function isApart(cli: Cli, folder: string, source: string): Promise<boolean> {
  if (!isFolder(source)) return !isWithin(dirname(source), folder);
  if (isWithin(source, folder)) return false;
  return !isWithin(folder, source) || isIgnored(cli, folder, source);
}

/** Not without git, which alone could say it. */
async function isIgnored({ env, signal }: Cli, folder: string, source: string): Promise<boolean> {
  const { runCommand } = await import('../../../ci/subprocess.ts');
  const { forAnyRepository } = await import('../../github/git/git.ts');
  const words = ['check-ignore', '--quiet', '--', join(folder, 'hermes-build.json')];
  const asked = runCommand('git', words, { cwd: source, env: forAnyRepository(env), signal });
  const { exitCode } = await asked.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return { exitCode: undefined };
    throw error;
  });
  return exitCode === 0;
}

/** Whether a path is the folder, or lies in it. */
function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Where links lead; of what does not stand yet, as far as its folders do. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : resolve(realPath(parent), relative(parent, path));
  }
}
