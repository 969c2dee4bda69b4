import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publish } from '../../ci/publish.ts';
import { preparePythonEnvironment } from '../../ci/python-environment.ts';
import { testProjects } from '../../ci/test-projects.ts';
import { listVersions } from '../../src/artifacts/catalog.ts';
import { folderStore } from '../../src/artifacts/folder-store.ts';
import { resolvePin } from '../../src/artifacts/resolve-pin.ts';
import { findPython } from '../../src/core/python.ts';
import { temporaryFolder } from '../setup.ts';
import { makeRepository, projectFiles } from './repository.ts';

import { homeOf, requestOf, run, travis } from './run-publish.ts';

const dev = { production: false };
const observations = { team: 'weather', project: 'observations', script: 'observations' };

describe('building a project', () => {
  it('builds from the commit, not from what lies around, and by any back end the same twice', async () => {
    const backends = {
      hatchling: 'requires = ["hatchling==1.33.0"]\nbuild-backend = "hatchling.build"',
      setuptools: 'requires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"',
      flit: 'requires = ["flit_core<5"]\nbuild-backend = "flit_core.buildapi"',
      poetry: 'requires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"',
      uv: 'requires = ["uv_build==0.13.6"]\nbuild-backend = "uv_build"\n[tool.uv.build-backend]\nmodule-root = ""',
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

  it('names a requirement of the tests that does not exist, before anything is published', async () => {
    const missing = makeRepository(
      projectFiles('observations', { dependencies: '"hermes-no-such-package-at-all==9"' }),
    );
    await assert.rejects(
      run(missing, homeOf(), travis(missing, 'master')),
      (error: Error & { exitCode?: number }) => {
        assert.match(
          error.message,
          /^Cannot find hermes-no-such-package-at-all==9 for the tests of observations \[packages=.*\]: the package index has no version of it for this Python\.$/,
        );
        assert.equal(error.exitCode, 2);
        return true;
      },
    );
  });

  const scm = {
    hatchling:
      'requires = ["hatchling==1.33.0", "hatch-vcs==0.5.0"]\nbuild-backend = "hatchling.build"\n\n[tool.hatch.version]\nsource = "vcs"\nraw-options = { root = ".." }\n\n[tool.hatch.build.targets.wheel]\npackages = ["observations"]\n',
    setuptools:
      'requires = ["setuptools==84.2.1", "setuptools-scm==10.3.4"]\nbuild-backend = "setuptools.build_meta"\n\n[tool.setuptools]\npackages = ["observations"]\n\n[tool.setuptools_scm]\nroot = ".."\n',
  };
  for (const [name, table] of Object.entries(scm)) {
    it(`knows the version that ${name} reads from the tags of git, and refuses to guess it in a shallow clone`, async () => {
      const files = projectFiles('observations', { build: `[build-system]\n${table}` });
      const pyproject = 'observations/pyproject.toml';
      const dynamic = files[pyproject]?.replace('version = "0.1.0"', 'dynamic = ["version"]') ?? '';
      const repository = makeRepository({ ...files, [pyproject]: dynamic });
      repository.git('tag', 'v2.5.0');
      repository.write({ 'observations/left-over.txt': 'not committed' });
      const home = homeOf();
      await run(repository, home, travis(repository, 'master'));
      const versions = await listVersions(folderStore(home.artifacts('dev')), 'weather', 'observations');
      assert.deepEqual(
        versions.map(({ manifest }) => manifest.version),
        ['2.5.0'],
      );
      repository.push({ 'observations/observations/extra.py': 'x = 1\n' });
      const shallow = join(temporaryFolder(), 'shallow');
      execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${repository.origin}`, shallow]);
      await assert.rejects(run({ ...repository, folder: shallow }, home, travis(repository, 'master')), {
        message: `Cannot build the wheel of observations: ${name === 'setuptools' ? 'setuptools-scm' : 'hatch-vcs'} reads the version from git's tags, and this clone lacks history.`,
        exitCode: 2,
      });
    });
  }

  it('refuses a script that Python cannot read, also where no test imports it', async () => {
    const repository = makeRepository(projectFiles('observations'));
    repository.push({ 'observations/observations/monthly.py': 'x = 1\ndef (\n' }, 'master');
    const home = homeOf();
    const { version } = await findPython({ cwd: repository.folder, env: process.env });
    await assert.rejects(run(repository, home, travis(repository, 'master')), {
      message: `Cannot publish observations [python=${version}]: Python cannot read\n  observations/observations/monthly.py:2  invalid syntax`,
      exitCode: 1,
    });
    assert.deepEqual(await listVersions(folderStore(home.artifacts('dev')), 'weather', 'observations'), []);
  });

  it('says that the disk is full, not that a requirement is wrong', async () => {
    const folder = temporaryFolder();
    const said = 'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device';
    const pip = join(temporaryFolder(), 'python');
    writeFileSync(pip, `#!/bin/sh\ncase "$*" in\n  *install*) echo '${said}' >&2; exit 1;;\nesac\n`, {
      mode: 0o755,
    });
    const wish = {
      python: { executable: pip, version: '3.12.0', pip: 'outside' as const },
      requirements: ['x'],
      purpose: 'the tests of observations',
    };
    await assert.rejects(preparePythonEnvironment(wish, { cache: folder, env: { PATH: '/usr/bin:/bin' } }), {
      message: `Cannot install the packages for the tests of observations [folder=${folder}]: the disk is full.`,
      nextStep: 'Free some space and run the same command again.',
      exitCode: 4,
    });
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
});

describe('programs that are missing', () => {
  it('are named, with what to install', async () => {
    const repository = makeRepository(projectFiles('observations'));
    const bin = temporaryFolder();
    const request = requestOf(repository, homeOf(), { PATH: bin });
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
assert {r[0] for r in rows} == {n for n in archive.namelist() if not n.endswith("/")}, "RECORD and the archive differ"
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
