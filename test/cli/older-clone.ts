import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { git } from '../../src/github/git/git.ts';
import { temporaryFolder } from '../setup.ts';
import { olderRepository } from '../templates/older-repository.ts';
import { begin } from './spawned-hermes.ts';

const { signal } = new AbortController();
/** Who commits. */
const who = {
  GIT_AUTHOR_NAME: 'Ana',
  GIT_AUTHOR_EMAIL: 'a@b.c',
  GIT_COMMITTER_NAME: 'Ana',
  GIT_COMMITTER_EMAIL: 'a@b.c',
};
const env = { ...process.env, ...who };
/** Runs git in a folder. */
export const inGit = (folder: string, ...words: string[]) => git(folder, words, { env, signal });
/** Runs hermes in a folder to its end. */
export const hermes = (folder: string, ...words: string[]) => begin(folder, words, who).finished;

/** A clone whose template lacked the last line of two files, and did not have a third. */
export async function olderClone(): Promise<string> {
  const folder = join(temporaryFolder(), 'weather');
  const files = olderRepository('product', (path, text) => {
    if (path === '.travis.yml') return `${text}# an old line\n`;
    if (path === 'build_tools/test.sh') return text.replace('exec hermes ci check', 'hermes ci check');
    return path === 'build_tools/deploy.sh' ? undefined : text;
  });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    if (path.endsWith('.sh')) chmodSync(join(folder, path), 0o755);
  }
  await inGit(folder, 'init', '--quiet', '--initial-branch=master');
  await commitAll(folder);
  return folder;
}

/** Commits everything that stands. */
export async function commitAll(folder: string): Promise<void> {
  await inGit(folder, 'add', '--force', '.');
  await inGit(folder, 'commit', '--quiet', '--message', 'Change');
}
