import { join } from 'node:path';
import { repositoryNamed, seedCopies } from '../fakes/github/seed.ts';
import { type GitHubDouble, startGitHub, TOKEN } from '../fakes/github/start-github.ts';
import { hermes } from '../hermes.ts';
import { inBenchFolder } from './bench-folder.ts';
import { alternate, type BenchResult } from './measure.ts';

const REPOSITORIES = 500;
const AT_ONCE = 50;
const RUNS = 5;
const RECORD = '.hermes/template.json';

/**
 * `hermes repo check --all` over 500 repositories that nobody changed, whole process, against a loop that reads nothing
 * but the record of each, 50 at a time. Both ask the GitHub of the tests, whose repositories are real ones of git.
 */
export function run(): Promise<BenchResult[]> {
  return inBenchFolder(async (folder) => {
    const github = await startGitHub();
    try {
      const env = { HERMES_GITHUB_API_URL: github.apiUrl, HERMES_GITHUB_TOKEN: TOKEN, HOME: folder };
      const check = async (words: readonly string[]) => {
        const { exitCode, stderr } = await hermes(folder, words, env);
        if (exitCode !== 0) throw new Error(`hermes ${words.join(' ')} ended with ${exitCode}: ${stderr}`);
      };
      await check(['repo', 'create', 'weather', '--org', 'acme', '--no-clone']);
      const names = Array.from({ length: REPOSITORIES - 1 }, (_, index) => `product-${index}`);
      seedCopies(github, repositoryNamed(github, 'weather'), names);
      let requests = { ours: 0, peer: 0 };
      const { ours, peer } = await alternate(
        RUNS,
        async () => {
          const measured = await counted(github, () => check(['repo', 'check', '--all', 'acme']));
          requests = { ...requests, ours: measured.requests };
          return measured.seconds;
        },
        async () => {
          const measured = await counted(github, () => readRecords(github, ['weather', ...names]));
          requests = { ...requests, peer: measured.requests };
          return measured.seconds;
        },
      );
      const peerName = `reading ${RECORD} of each`;
      const ratio = requests.ours / requests.peer;
      return [
        { name: 'repo-check-500', ...requests, peerName, unit: 'requests', ratio },
        { name: 'repo-check-500', ours, peer, peerName, unit: 's', ratio: ours / peer },
      ];
    } finally {
      await github.stop();
    }
  });
}

async function counted(github: GitHubDouble, work: () => Promise<void>) {
  const before = github.requests.length;
  const start = performance.now();
  await work();
  return { requests: github.requests.length - before, seconds: (performance.now() - start) / 1000 };
}

async function readRecords({ apiUrl }: GitHubDouble, names: readonly string[]): Promise<void> {
  const left = [...names];
  const reader = async () => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      const url = `${apiUrl}/${join('repos', 'acme', name, 'contents', RECORD)}`;
      const response = await fetch(url, {
        headers: { authorization: `token ${TOKEN}`, 'user-agent': 'bench' },
      });
      if (!response.ok) throw new Error(`${url}: ${response.status}`);
      await response.json();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
}
