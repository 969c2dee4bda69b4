import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PublishSummary, publish } from '../../ci/publish.ts';
import type { PublishEvent } from '../../ci/publish-event.ts';
import { testProjects } from '../../ci/test-projects.ts';
import { listVersions } from '../../src/artifacts/catalog.ts';
import { folderStore } from '../../src/artifacts/folder-store.ts';
import { resolvePin } from '../../src/artifacts/resolve-pin.ts';
import { type Home, resolveHome } from '../../src/config/home.ts';
import { systemClock } from '../../src/core/clock.ts';
import { temporaryFolder } from '../setup.ts';
import { makeRepository, projectFiles, type Repository } from './repository.ts';

const cache = temporaryFolder('hermes-python-');
const dev = { production: false };
const observations = { team: 'weather', project: 'observations', script: 'observations' };

interface Run {
  readonly summary: PublishSummary;
  readonly events: readonly PublishEvent[];
}

function homeOf(): Home {
  return { ...resolveHome('/', { HERMES_HOME: temporaryFolder() }), cache };
}

function travis(repository: Repository, branch: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    TRAVIS: 'true',
    CI: 'true',
    TRAVIS_EVENT_TYPE: 'push',
    TRAVIS_PULL_REQUEST: 'false',
    TRAVIS_BRANCH: branch,
    TRAVIS_COMMIT: repository.git('rev-parse', 'HEAD'),
    ...more,
  };
}

async function run(repository: Repository, home: Home, env: NodeJS.ProcessEnv): Promise<Run> {
  const events: PublishEvent[] = [];
  const request = { folder: repository.folder, env, home, clock: systemClock, projects: [] };
  return { summary: await publish(request, (event) => events.push(event)), events };
}

const reasons = ({ events }: Run): string[] =>
  events.flatMap((event) => (event.event === 'skipped' ? [`${event.project}: ${event.reason}`] : []));
const versions = async (home: Home, environment: string): Promise<string[]> =>
  (await listVersions(folderStore(home.artifacts(environment)), 'weather', 'observations')).map(
    ({ manifest }) => manifest.version,
  );

describe('publishing a repository', () => {
  it('takes a feature branch to development and a merge to both, with latest moved', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    repository.git('switch', '--quiet', '-c', 'feature/new-column');
    const commit = repository.push({ 'observations/observations/extra.py': 'x = 1\n' }, 'feature/new-column');
    const feature = await run(repository, home, travis(repository, 'feature/new-column'));
    assert.deepEqual(feature.summary, {
      kind: 'feature',
      branch: 'feature/new-column',
      published: ['observations'],
    });
    assert.deepEqual(await versions(home, 'prod'), []);
    const store = folderStore(home.artifacts('dev'));
    const pin = await resolvePin(store, { ...observations, scriptVersion: 'feature/new-column' }, dev);
    assert.equal(pin.commit, commit);
    assert.match(pin.version, /^0\.1\.0\+feature\.new\.column\.h[0-9a-f]{8}\.g[0-9a-f]{8}$/);

    repository.git('switch', '--quiet', 'master');
    repository.git('merge', '--quiet', '--no-ff', '--message', 'merge', 'feature/new-column');
    repository.git('push', '--quiet', 'origin', 'master');
    const merge = await run(repository, home, travis(repository, 'master'));
    assert.equal(merge.summary.kind, 'release');
    for (const environment of ['dev', 'prod']) {
      const released = folderStore(home.artifacts(environment));
      assert.equal(
        (await resolvePin(released, { ...observations, scriptVersion: 'latest' }, { production: true }))
          .version,
        '0.1.0',
      );
    }
    const again = await run(repository, home, travis(repository, 'master'));
    assert.deepEqual(reasons(again), [
      `observations: unchanged since ${repository.git('rev-parse', '--short=7', 'HEAD')}, nothing to do`,
    ]);
    assert.deepEqual(again.summary.published, []);
  });

  it('publishes only the projects that changed', async () => {
    const repository = makeRepository({ ...projectFiles('observations'), ...projectFiles('helloworld') });
    const home = homeOf();
    await run(repository, home, travis(repository, 'master'));
    repository.git('switch', '--quiet', '-c', 'x');
    repository.push({ 'observations/observations/extra.py': 'x = 1\n' }, 'x');
    const feature = await run(repository, home, travis(repository, 'x'));
    assert.deepEqual(feature.summary.published, ['observations']);
    assert.match(reasons(feature).join(), /^helloworld: unchanged since [0-9a-f]{7}, nothing to do$/);
  });

  it('publishes nothing at all when one test fails, and shows what pytest said', async () => {
    const repository = makeRepository({
      ...projectFiles('helloworld'),
      ...projectFiles('observations', { body: 'def answer():\n    return 41\n' }),
    });
    const home = homeOf();
    const events: PublishEvent[] = [];
    const request = {
      folder: repository.folder,
      env: travis(repository, 'master'),
      home,
      clock: systemClock,
      projects: [],
    };
    await assert.rejects(
      publish(request, (event) => events.push(event)),
      {
        message: 'Tests failed: observations.',
        nextStep: 'Run them again: hermes test observations',
        exitCode: 1,
      },
    );
    const failed = events.find((event) => event.event === 'tests' && event.status === 'failed');
    assert.match((failed?.event === 'tests' && failed.output) || '', /assert 41 == 42/);
    assert.ok(!existsSync(home.artifacts('dev')));
  });

  it('does not run again what hermes test ran on the same content', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    const request = { folder: repository.folder, env: process.env, home, clock: systemClock, projects: [] };
    assert.equal(await testProjects(request, () => {}), 1);
    assert.equal(repository.git('status', '--porcelain'), '');
    const { events } = await run(repository, home, travis(repository, 'master'));
    const tests = events.find((event) => event.event === 'tests');
    assert.deepEqual(tests?.event === 'tests' && [tests.remembered, tests.passed], [true, 1]);
  });

  it('refuses other content under a published version, and takes it once the version is raised', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    const first = repository.git('rev-parse', '--short=7', 'HEAD');
    await run(repository, home, travis(repository, 'master'));
    repository.push({ 'observations/observations/observations.py': 'def answer():\n    return 40 + 2\n' });
    const second = repository.git('rev-parse', '--short=7', 'HEAD');
    const store = folderStore(home.artifacts('dev')).url;
    await assert.rejects(run(repository, home, travis(repository, 'master')), {
      message: `Cannot publish observations 0.1.0 [store=${store}, key=weather/observations/0.1.0, commit=${second}]: that version exists with other content (built from ${first}).`,
      nextStep: 'Raise `version` in observations/pyproject.toml:3.',
    });
    repository.push(projectFiles('observations', { version: '0.2.0' }));
    await run(repository, home, travis(repository, 'master'));
    assert.deepEqual(await versions(home, 'prod'), ['0.2.0', '0.1.0']);
  });

  it('uploads nothing when only tests or a readme changed', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    const first = repository.git('rev-parse', '--short=7', 'HEAD');
    await run(repository, home, travis(repository, 'master'));
    repository.push({ 'observations/README.md': '# About\n' });
    const second = await run(repository, home, travis(repository, 'master'));
    assert.deepEqual(
      reasons(second),
      Array(2).fill(`observations: published already, from ${first}, with the same content`),
    );
    assert.deepEqual(second.summary.published, []);
  });

  it('takes the same bytes on to production when that failed after development', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    // A file where the store's folder belongs: production cannot be written.
    mkdirSync(home.artifacts('prod'), { recursive: true });
    const inTheWay = join(home.artifacts('prod'), 'weather');
    writeFileSync(inTheWay, '');
    const events: PublishEvent[] = [];
    const request = {
      folder: repository.folder,
      env: travis(repository, 'master'),
      home,
      clock: systemClock,
      projects: [],
    };
    await assert.rejects(publish(request, (event) => events.push(event)));
    const incomplete = events.find((event) => event.event === 'incomplete');
    assert.deepEqual(incomplete, {
      event: 'incomplete',
      project: 'observations',
      version: '0.1.0',
      published: ['dev'],
      missing: ['prod'],
    });
    rmSync(inTheWay);
    const { summary } = await run(repository, home, travis(repository, 'master'));
    assert.deepEqual(summary.published, ['observations']);
    const manifest = 'weather/observations/0.1.0/manifest.json';
    assert.deepEqual(
      readFileSync(join(home.artifacts('prod'), manifest)),
      readFileSync(join(home.artifacts('dev'), manifest)),
    );
  });

  it('publishes nothing for a pull request to the default branch, nor for a commit that is not on it', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    const request = await run(repository, home, travis(repository, 'master', { TRAVIS_PULL_REQUEST: '7' }));
    assert.equal(request.summary.kind, 'nothing');
    repository.write({ 'observations/observations/new.py': '' });
    repository.git('add', '.');
    repository.git('commit', '--quiet', '--message', 'not pushed');
    assert.equal((await run(repository, home, travis(repository, 'master'))).summary.kind, 'nothing');
    assert.ok(!existsSync(home.artifacts('dev')));
  });

  it('takes branches with any name that git takes', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    for (const branch of [
      `x$(touch$\{IFS}/tmp/owned)`,
      'a;b|c&d',
      '`id`',
      'é/😀',
      "it's",
      'latest',
      '1.2.0',
      'refs/heads/y',
      '@x',
    ]) {
      repository.git('checkout', '--quiet', '-B', 'work', 'master');
      repository.push({ 'observations/observations/extra.py': `x = ${JSON.stringify(branch)}\n` }, branch);
      const { summary } = await run(repository, home, travis(repository, branch));
      assert.deepEqual(summary, { kind: 'feature', branch, published: ['observations'] });
      const pin = await resolvePin(
        folderStore(home.artifacts('dev')),
        { ...observations, scriptVersion: `refs/heads/${branch}` },
        dev,
      );
      assert.equal(pin.commit, repository.git('rev-parse', 'HEAD'));
    }
    assert.ok(!existsSync('/tmp/owned'));
  });

  it('keeps the pointer of a branch on the later commit when an older run ends last', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const home = homeOf();
    repository.git('switch', '--quiet', '-c', 'x');
    const older = repository.push({ 'observations/observations/extra.py': 'x = 1\n' }, 'x');
    const newer = repository.push({ 'observations/observations/extra.py': 'x = 2\n' }, 'x');
    await run(repository, home, travis(repository, 'x'));
    repository.git('checkout', '--quiet', older);
    await run(repository, home, travis(repository, 'x'));
    const store = folderStore(home.artifacts('dev'));
    assert.equal((await resolvePin(store, { ...observations, scriptVersion: 'x' }, dev)).commit, newer);
    repository.git('push', '--quiet', '--force', 'origin', `${older}:refs/heads/x`);
    await run(repository, home, travis(repository, 'x'));
    assert.equal((await resolvePin(store, { ...observations, scriptVersion: 'x' }, dev)).commit, older);
  });

  it('builds from the commit, not from what lies around, and by any back end the same twice', async () => {
    const backends = {
      hatchling: 'requires = ["hatchling==1.33.0"]\nbuild-backend = "hatchling.build"',
      setuptools: 'requires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"',
      flit: 'requires = ["flit_core<5"]\nbuild-backend = "flit_core.buildapi"',
      poetry: 'requires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"',
    };
    for (const [name, table] of Object.entries(backends)) {
      const files = projectFiles('observations', { build: `[build-system]\n${table}\n` });
      const module = '"""Observations."""\n__version__ = "0.1.0"\n';
      const repository = makeRepository({ ...files, 'observations/observations/__init__.py': module });
      repository.git('switch', '--quiet', '-c', 'x');
      repository.push({ 'observations/observations/extra.py': 'x = 1\n' }, 'x');
      const hashes: string[] = [];
      for (const home of [homeOf(), homeOf()]) {
        mkdirSync(join(repository.folder, 'observations', 'build', 'lib', 'observations'), {
          recursive: true,
        });
        writeFileSync(
          join(repository.folder, 'observations', 'build', 'lib', 'observations', 'stale.py'),
          '',
        );
        await run(repository, home, travis(repository, 'x'));
        const pin = await resolvePin(
          folderStore(home.artifacts('dev')),
          { ...observations, scriptVersion: 'x' },
          dev,
        );
        hashes.push(pin.wheelSha256 ?? '');
        checkInstalled(new URL(pin.wheelUrl ?? '').pathname, pin.version);
      }
      assert.equal(hashes[0], hashes[1], `${name} gave two different wheels`);
    }
  });

  it('shows the last lines of a back end that breaks, and of pip', async () => {
    const broken = makeRepository(
      projectFiles('observations', {
        build:
          '[build-system]\nrequires = ["hatchling==1.33.0"]\nbuild-backend = "hatchling.build"\n\n[tool.hatch.build.targets.wheel]\npackages = ["nowhere"]\nonly-include = 3\n',
      }),
    );
    await assert.rejects(
      run(broken, homeOf(), travis(broken, 'master')),
      (error: Error & { exitCode?: number }) => {
        assert.match(
          error.message,
          /^Cannot build the wheel of observations \[backend=hatchling\.build\]: the back end says\n[\s\S]*only-include/,
        );
        assert.equal(error.exitCode, 1);
        return true;
      },
    );
    const missing = makeRepository(
      projectFiles('observations', { dependencies: '"hermes-no-such-package-at-all==9"' }),
    );
    await assert.rejects(
      run(missing, homeOf(), travis(missing, 'master')),
      (error: Error & { exitCode?: number }) => {
        assert.match(
          error.message,
          /^Cannot install the packages for the tests of observations \[packages=.*\]: pip says\n[\s\S]*hermes-no-such-package-at-all/,
        );
        assert.equal(error.exitCode, 2);
        return true;
      },
    );
  });

  it('gives the code of a project no credentials', async () => {
    const test =
      'import os\n\n\ndef test_env():\n    assert not [n for n in os.environ if "TOKEN" in n or n.startswith("AWS_")]\n';
    const repository = makeRepository(projectFiles('observations', { test }));
    const env = travis(repository, 'master', {
      AWS_SECRET_ACCESS_KEY: 'x',
      DATABRICKS_TOKEN: 'y',
      MY_TOKEN: 'z',
    });
    assert.deepEqual((await run(repository, homeOf(), env)).summary.published, ['observations']);
  });

  it('completes what a killed process left, wherever it was killed', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
    const root = temporaryFolder();
    mkdirSync(join(root, 'cache'));
    cpSync(cache, join(root, 'cache'), { recursive: true, verbatimSymlinks: true });
    const home = resolveHome('/', { HERMES_HOME: root });
    const env = { ...travis(repository, 'master'), HERMES_HOME: root };
    for (const milliseconds of [300, 500, 600, 700, 800, 900, 1000, 1200]) {
      spawnSync(process.execPath, [main, 'publish', '--quiet'], {
        cwd: repository.folder,
        env,
        timeout: milliseconds,
        killSignal: 'SIGKILL',
      });
    }
    const last = spawnSync(process.execPath, [main, 'publish'], {
      cwd: repository.folder,
      env,
      encoding: 'utf8',
    });
    assert.equal(last.status, 0, last.stderr);
    for (const environment of ['dev', 'prod']) {
      assert.deepEqual(await versions(home, environment), ['0.1.0']);
      const pin = await resolvePin(
        folderStore(home.artifacts(environment)),
        { ...observations, scriptVersion: 'latest' },
        dev,
      );
      const bytes = readFileSync(new URL(pin.wheelUrl ?? ''));
      assert.equal(createHash('sha256').update(bytes).digest('hex'), pin.wheelSha256);
    }
  });
});

describe('programs that are missing', () => {
  it('are named, with what to install', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const bin = temporaryFolder();
    const request = {
      folder: repository.folder,
      env: { PATH: bin },
      home: homeOf(),
      clock: systemClock,
      projects: [],
    };
    await assert.rejects(
      publish(request, () => {}),
      {
        message: 'Cannot find git: there is no such program in PATH.',
        nextStep: 'Install it: apt install git (Debian, Ubuntu), brew install git (macOS).',
        exitCode: 2,
      },
    );
    const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    writeFileSync(join(bin, 'git'), `#!/bin/sh\nexec ${git} "$@"\n`);
    chmodSync(join(bin, 'git'), 0o755);
    await assert.rejects(
      testProjects(request, () => {}),
      {
        message: 'Cannot find Python: there is no python3 or python in PATH.',
        exitCode: 2,
      },
    );
    writeFileSync(
      join(bin, 'python3'),
      '#!/bin/sh\necho \'{"executable":"/old/python3","version":[3,8,1],"pip":"23.0","venv":true,"ensurepip":true}\'\n',
    );
    chmodSync(join(bin, 'python3'), 0o755);
    await assert.rejects(
      testProjects(request, () => {}),
      {
        message: 'Cannot use this Python [python=/old/python3, version=3.8.1]: Hermes needs 3.10 or newer.',
      },
    );
    writeFileSync(
      join(bin, 'python3'),
      '#!/bin/sh\necho \'{"executable":"/usr/bin/python3","version":[3,11,2],"pip":"","venv":true,"ensurepip":false}\'\n',
    );
    await assert.rejects(
      testProjects(request, () => {}),
      {
        message:
          'Cannot use this Python [python=/usr/bin/python3, version=3.11.2]: its module pip is missing.',
        nextStep:
          'Install it: apt install python3-pip (Debian, Ubuntu). Or name another Python in HERMES_PYTHON.',
      },
    );
  });
});

/** Installs a wheel by pip and checks every hash of its RECORD. */
function checkInstalled(wheel: string, version: string): void {
  const target = temporaryFolder();
  execFileSync('python3', [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-deps',
    '--no-index',
    '--target',
    target,
    decodeURIComponent(wheel),
  ]);
  const script = `
import base64, hashlib, importlib.metadata as m, sys, zipfile, csv, io
archive = zipfile.ZipFile(sys.argv[1])
record = next(n for n in archive.namelist() if n.endswith(".dist-info/RECORD"))
rows = list(csv.reader(io.StringIO(archive.read(record).decode())))
assert {r[0] for r in rows} == set(archive.namelist()), "RECORD and the archive differ"
for path, digest, size in rows:
    if path == record: continue
    data = archive.read(path)
    assert digest == "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode(), path
    assert int(size) == len(data), path
assert not [n for n in archive.namelist() if "stale" in n], "a stale file was built"
sys.path.insert(0, sys.argv[2])
print(m.version("observations"))
`;
  const said = execFileSync('python3', ['-c', script, decodeURIComponent(wheel), target], {
    encoding: 'utf8',
  });
  assert.equal(said.trim(), version);
}
