import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TemplateKind } from '../../src/templates/answers.ts';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { writeFiles } from '../../src/templates/write-files.ts';
import { temporaryFolder } from '../setup.ts';
import type { GitHubEvent } from './run-workflow.ts';

const ANA = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com'];
const NOTHING = '0'.repeat(40);

/** A rendered repository of team weather, and the bare repository that stands for GitHub. */
export interface TeamRepository {
  readonly origin: string;
  /** A clone of it. */
  readonly folder: string;
  git(...words: string[]): string;
  read(path: string): string;
  /** Writes, commits, pushes to a branch; the event is what GitHub tells of it. */
  push(files: Readonly<Record<string, string>>, branch: string): GitHubEvent;
  /** Opens a pull request to `master`; the event is what GitHub tells of it. */
  openPullRequest(branch: string, number: number): GitHubEvent;
  /** Merges a branch into `master`, and pushes it. */
  merge(branch: string): GitHubEvent;
}

/**
 * A branch that leaves marks in a folder where a shell takes it for anything but a word. No `${{ }}` is in it: act expands
 * that in GITHUB_REF too, which GitHub does not.
 */
export function hostileBranch(marks: string): string {
  return `feature/x$(touch\${IFS}${marks}/a)\`touch\${IFS}${marks}/b\`;touch\${IFS}${marks}/c;"'"|&🌦`;
}

/** Renders a template with further files over it; nothing is pushed yet. */
export function makeTeamRepository(kind: TemplateKind): TeamRepository {
  const [origin, folder] = [join(temporaryFolder(), 'weather.git'), join(temporaryFolder(), 'weather')];
  const git = (...words: string[]): string =>
    execFileSync('git', [...ANA, ...words], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim();
  mkdirSync(folder);
  git('init', '--quiet', '--bare', origin);
  git('init', '--quiet', '--initial-branch=master');
  git('remote', 'add', 'origin', origin);
  const author = { authorName: 'Ana', authorEmail: 'ana@example.com' };
  writeFiles(
    folder,
    planRepository(kind, { name: 'weather', team: 'weather', project: 'helloworld', ...author }),
  );
  const pushed = (branch: string): GitHubEvent => {
    const before = git('ls-remote', 'origin', `refs/heads/${branch}`).split('\t')[0] || NOTHING;
    git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
    const after = git('rev-parse', 'HEAD');
    return { name: 'push', ref: `refs/heads/${branch}`, payload: { before, after } };
  };
  return {
    origin,
    folder,
    git,
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    push: (files, branch) => {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      git('add', '--all');
      git('commit', '--quiet', '--message', 'change');
      return pushed(branch);
    },
    openPullRequest: (branch, number) => {
      const sha = git('rev-parse', `origin/${branch}`);
      const base = git('rev-parse', 'origin/master');
      const tree = git('merge-tree', '--write-tree', base, sha);
      const merge = git('commit-tree', tree, '-p', base, '-p', sha, '-m', `Merge ${sha} into ${base}`);
      git('push', '--quiet', 'origin', `${merge}:refs/pull/${number}/merge`);
      const head = { ref: branch, sha, repo: { fork: false, full_name: 'acme/weather' } };
      const pull_request = { number, title: branch, head, base: { ref: 'master', sha: base } };
      return {
        name: 'pull_request',
        ref: `refs/pull/${number}/merge`,
        payload: { action: 'opened', number, pull_request },
      };
    },
    merge: (branch) => {
      git('switch', '--quiet', 'master');
      git('merge', '--quiet', '--no-ff', '--message', 'merge', `origin/${branch}`);
      return pushed('master');
    },
  };
}
