import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import type { Home } from '../../config/home.ts';
import { type Finding, failed, ok } from './finding.ts';

/**
 * Whether pushes go where this folder looks for what they publish. A repository that was moved away from its home,
 * or whose home was moved, shows neither by itself.
 * @returns undefined when the repository has no `origin`, or one that is not on this machine
 */
export async function checkOrigin(folder: string, home: Home): Promise<Finding | undefined> {
  const origin = await readOrigin(folder);
  if (origin === undefined || !origin.includes(`${sep}.hermes${sep}git${sep}`)) return undefined;
  const theirs = dirname(dirname(origin));
  const here = join(home.git, basename(origin));
  if (!existsSync(origin)) {
    const cure = existsSync(here) ? `git remote set-url origin ${here}` : 'Bring that folder back.';
    return failed('origin', `${origin} is gone, so nothing can be pushed`, cure);
  }
  if (theirs === home.root) return ok('origin', origin);
  return failed(
    'origin',
    `pushes publish into ${theirs}, but this folder belongs to ${home.root}`,
    `Move the repository back beside ${theirs}, or work with HERMES_HOME=${theirs}`,
  );
}

async function readOrigin(folder: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['config', 'remote.origin.url'], { cwd: folder });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
