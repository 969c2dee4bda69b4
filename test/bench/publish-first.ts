import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import { makeRepository, projectFiles, type Repository } from '../ci/repository.ts';
import { pythonTools } from '../python-tools.ts';
import { alternate, type BenchResult, timeCommand } from './measure.ts';

const NAME = 'observations';

/**
 * The first `hermes publish` of a small hatchling project without tests, of a branch and so into one empty store in a
 * folder, with warm caches of tools. The peers build the same folder and copy its files, each as a whole command:
 * `uv build --wheel`, and Python that calls the hook of the back end in an environment that is ready.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hermes-bench-'));
  const bin = pythonTools('bench');
  try {
    const repository = makeRepository(filesOf());
    const publish = publisher(repository, folder, bin);
    const peers = { 'uv build --wheel + copies': uvBuild, "the back end's hook + copies": hook };
    const results: BenchResult[] = [];
    for (const [peerName, peer] of Object.entries(peers)) {
      const project = join(repository.folder, NAME);
      const { ours, peer: theirs } = await alternate(15, publish, () => peer(bin, project, folder));
      results.push({ name: 'publish-first', ours, peer: theirs, peerName, unit: 's', ratio: ours / theirs });
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function filesOf(): Record<string, string> {
  const files = Object.entries(projectFiles(NAME));
  return Object.fromEntries(files.filter(([path]) => !path.includes('/tests/')));
}

function publisher(repository: Repository, folder: string, bin: string): () => number {
  const main = join(packageRoot, 'dist', 'src', 'cli', 'main.js');
  const home = join(folder, 'home');
  const env = {
    ...process.env,
    PATH: [bin, process.env.PATH].join(delimiter),
    HERMES_HOME: home,
    CI: 'true',
    TRAVIS: 'true',
    TRAVIS_EVENT_TYPE: 'push',
    TRAVIS_PULL_REQUEST: 'false',
    TRAVIS_BRANCH: 'feature/x',
    TRAVIS_COMMIT: repository.git('rev-parse', 'HEAD'),
  };
  repository.git('push', '--quiet', 'origin', 'HEAD:refs/heads/feature/x');
  return () => {
    rmSync(join(home, 'artifacts'), { recursive: true, force: true });
    return timeCommand(process.execPath, [main, 'publish', '--quiet'], repository.folder, env);
  };
}

function uvBuild(bin: string, project: string, folder: string): number {
  const out = emptyFolder(folder);
  const seconds = timeCommand(
    join(bin, 'uv'),
    ['build', '--wheel', '--quiet', '--out-dir', out, project],
    project,
  );
  return seconds + copies(out, project, folder);
}

function hook(bin: string, project: string, folder: string): number {
  const out = emptyFolder(folder);
  const call = 'import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])';
  return timeCommand(join(bin, 'python'), ['-c', call, out], project) + copies(out, project, folder);
}

function emptyFolder(folder: string): string {
  const out = join(folder, 'out');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  return out;
}

/** Seconds for the wheel, the script and a manifest, as `cp` would put them into the store. */
function copies(out: string, project: string, folder: string): number {
  const store = join(folder, 'copies');
  mkdirSync(store, { recursive: true });
  const start = performance.now();
  for (const file of readdirSync(out)) copyFileSync(join(out, file), join(store, file));
  copyFileSync(join(project, NAME, `${NAME}.py`), join(store, `${NAME}.py`));
  copyFileSync(join(project, 'pyproject.toml'), join(store, 'manifest.json'));
  return (performance.now() - start) / 1000;
}
