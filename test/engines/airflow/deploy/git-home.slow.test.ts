import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runGit } from '../../../../src/cli/airflow/run-git.ts';
import { gitHome } from '../../../../src/engines/airflow/deploy/git-home.ts';
import { temporaryFolder } from '../../../setup.ts';
import { itTakesDeploys, type PlaceUnderTest } from './home-suite.ts';

const BRANCH = 'feature/x;$(touch$IFS/owned)';

describe('deploys to a branch of a git repository', function () {
  this.timeout(60_000);
  itTakesDeploys(async () => placeInGit(BRANCH));
});

function placeInGit(branch: string): PlaceUnderTest {
  const root = temporaryFolder();
  const bare = join(root, 'dags.git');
  execFileSync('git', ['init', '--quiet', '--bare', bare]);
  const url = `file://${bare}`;
  const git = (folder: string, ...words: string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=Bo', '-c', 'user.email=bo@acme.com', ...words], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString();
  const files = (team: string): string[] => {
    try {
      return git(bare, 'ls-tree', '--name-only', `refs/heads/${branch}`, `dags/${team}/`)
        .trim()
        .split('\n')
        .filter(Boolean);
    } catch {
      return [];
    }
  };
  return {
    home: gitHome({ url: `git+${url}#${branch}`, remote: url, branch }, runGit(process.env)),
    live: async (team) =>
      new Map(
        files(team).map((path) => [
          path.slice(`dags/${team}/`.length),
          git(bare, 'cat-file', 'blob', `refs/heads/${branch}:${path}`),
        ]),
      ),
    write: async (team, name, text) => {
      const clone = join(temporaryFolder(), 'clone');
      git(root, 'clone', '--quiet', '--branch', branch, url, clone);
      mkdirSync(join(clone, 'dags', team), { recursive: true });
      writeFileSync(join(clone, 'dags', team, name), text);
      git(clone, 'add', '.');
      git(clone, 'commit', '--quiet', '-m', 'by hand');
      git(clone, 'push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
    },
  };
}
