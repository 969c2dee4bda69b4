import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import { makeRepository, projectFiles, type Repository } from '../ci/repository.ts';
import { alternate, type BenchResult, timeCommand } from './measure.ts';

const PROJECTS = 50;
/** Manifests in two environments, and the mark of the last. */
const READS_A_PROJECT = 3;

/**
 * `hermes publish` of a release push where everything is published, 50 projects in folders of this machine, against
 * `git rev-parse` over them, one command each, plus the reads that tell what is published.
 */
export async function run(): Promise<BenchResult[]> {
  const home = mkdtempSync(join(tmpdir(), 'hermes-bench-'));
  try {
    const names = Array.from({ length: PROJECTS }, (_, index) => `project-${index + 1}`);
    const repository = makeRepository(Object.assign({}, ...names.map(filesOf)));
    const publish = publisher(repository, home);
    publish();
    const { ours, peer } = await alternate(15, publish, () => askGit(repository, home, names));
    const peerName = `git rev-parse × ${PROJECTS} + ${READS_A_PROJECT * PROJECTS} reads`;
    return [{ name: 'publish-noop', ours, peer, peerName, unit: 's', ratio: ours / peer }];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function filesOf(name: string): Record<string, string> {
  const files = projectFiles(name);
  return Object.fromEntries(Object.entries(files).filter(([path]) => !path.includes('/tests/')));
}

function publisher(repository: Repository, home: string): () => number {
  const main = join(packageRoot, 'dist', 'src', 'cli', 'main.js');
  const env = {
    ...process.env,
    HERMES_HOME: home,
    CI: 'true',
    TRAVIS: 'true',
    TRAVIS_EVENT_TYPE: 'push',
    TRAVIS_PULL_REQUEST: 'false',
    TRAVIS_BRANCH: 'master',
    TRAVIS_COMMIT: repository.git('rev-parse', 'HEAD'),
  };
  return () => timeCommand(process.execPath, [main, 'publish', '--quiet'], repository.folder, env);
}

function askGit(repository: Repository, home: string, names: readonly string[]): number {
  const start = performance.now();
  for (const name of names) timeCommand('git', ['rev-parse', `HEAD:${name}`], repository.folder);
  for (const name of names) {
    for (const environment of ['dev', 'prod']) {
      readFileSync(join(home, 'artifacts', environment, 'weather', name, '0.1.0', 'manifest.json'));
    }
    readFileSync(join(home, 'artifacts', 'prod', 'weather', name, 'copies.json'));
  }
  return (performance.now() - start) / 1000;
}
