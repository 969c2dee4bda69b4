import assert from 'node:assert/strict';
import type { WheelBuild } from '../../ci/build-wheel.ts';
import { temporaryFolder } from '../setup.ts';
import { backends, build, writeFiles } from './python-project.ts';

const files = {
  'sea_data/__init__.py': '"""Sea."""\n__version__ = "3.1.0"\n',
  'pyproject.toml': pyproject('version = "1.0"'),
};
const legacy = { requires: ['setuptools==84.2.1'], backend: 'setuptools.build_meta:__legacy__' };
const own = { backend: 'mine', backendPath: ['build_tools'] };
const signature = 'def build_wheel(folder, config_settings=None, metadata_directory=None):\n';
const correct = 'Correct the project, and try it with: python -m build --wheel';

function pyproject(version: string, more = ''): string {
  return `[project]\nname = "sea-data"\n${version}\ndescription = "x"\nrequires-python = ">=3.10"\n${more}`;
}

type System = Parameters<typeof build>[1];
interface Case {
  readonly title: string;
  readonly system: System;
  readonly files?: Readonly<Record<string, string>>;
  readonly more?: Partial<WheelBuild>;
  readonly message: string;
  readonly nextStep: string;
  readonly exitCode: number;
}

const offline = {
  PATH: process.env.PATH,
  HOME: temporaryFolder(),
  PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
};

const cases: readonly Case[] = [
  {
    title: 'names the package of a back end that `requires` lacks',
    system: { backend: 'poetry.core.masonry.api' },
    message:
      'Cannot build the wheel of sea-data [backend=poetry.core.masonry.api, requires=nothing]: there is no module poetry in its build environment.',
    nextStep: 'Add it to [build-system] of pyproject.toml, perhaps: requires = ["poetry-core"]',
    exitCode: 2,
  },
  {
    title: 'names a module that the back end has not got',
    system: { ...backends.hatchling, backend: 'hatchling.biuld' },
    message:
      'Cannot build the wheel of sea-data [backend=hatchling.biuld, requires=hatchling==1.33.0]: there is no module hatchling.biuld in its build environment.',
    nextStep: 'Correct build-backend in [build-system] of pyproject.toml.',
    exitCode: 2,
  },
  {
    title: 'shows the last word of a back end, not its stack',
    system: { ...backends.hatchling, backend: 'hatchling.build' },
    files: { 'pyproject.toml': pyproject('dynamic = ["version"]') },
    message:
      'Cannot build the wheel of sea-data [backend=hatchling.build]: the back end says\n  ValueError: Missing `tool.hatch.version` configuration',
    nextStep: correct,
    exitCode: 1,
  },
  {
    title: 'refuses 0.0.0, which setuptools writes where it finds no version',
    system: { ...legacy, backend: 'setuptools.build_meta' },
    files: { 'pyproject.toml': pyproject('dynamic = ["version"]') },
    message:
      'Cannot build the wheel of sea-data [backend=setuptools.build_meta]: the back end found no version and wrote 0.0.0.',
    nextStep:
      'Write `version = "0.1.0"` in [project] of pyproject.toml, or say where it is in [tool.setuptools.dynamic].',
    exitCode: 2,
  },
  {
    title: 'shows the lines of setup.py that an error went through',
    system: legacy,
    files: {
      'setup.py':
        'from setuptools import setup\ndef version():\n    raise KeyError("VERSION")\nsetup(name="sea-data", version=version())\n',
    },
    message:
      "Cannot build the wheel of sea-data [backend=setuptools.build_meta:__legacy__]: the back end says\n  KeyError: 'VERSION'\n      setup.py:3  in version\n      setup.py:4  in <module>",
    nextStep: correct,
    exitCode: 1,
  },
  {
    title: 'shows where setup.py is no Python',
    system: legacy,
    files: { 'setup.py': 'import x\ndef (\n' },
    message:
      'Cannot build the wheel of sea-data [backend=setuptools.build_meta:__legacy__]: the back end says\n  SyntaxError: invalid syntax (setup.py:2)',
    nextStep: correct,
    exitCode: 1,
  },
  {
    title: 'shows what a back end in the project raised and printed, without what moves a cursor',
    system: own,
    files: {
      'build_tools/mine.py': `${signature}    print("step \\x1b[2J one")\n    raise ValueError("no \\x1b[31mway")\n`,
    },
    message:
      'Cannot build the wheel of sea-data [backend=mine]: the back end says\n  ValueError: no way\n      build_tools/mine.py:3  in build_wheel\n  It printed:\n  step  one',
    nextStep: correct,
    exitCode: 1,
  },
  {
    title: 'notices a back end that ends the process',
    system: own,
    files: { 'build_tools/mine.py': `import os\n${signature}    os._exit(0)\n` },
    message: 'Cannot build the wheel of sea-data [backend=mine]: the back end ended without a word',
    nextStep: correct,
    exitCode: 1,
  },
  {
    title: 'refuses a wheel that is none',
    system: own,
    files: {
      'build_tools/mine.py': `${signature}    open(folder + "/sea_data-1.0-py3-none-any.whl", "w").write("x")\n    return "sea_data-1.0-py3-none-any.whl"\n`,
    },
    message:
      'Cannot build the wheel of sea-data [backend=mine]: the back end wrote a wheel that nobody can install: End of central directory record signature not found. Either not a zip file, or file is truncated.',
    nextStep: correct,
    exitCode: 1,
  },
  {
    title: 'names a requirement that does not exist',
    system: { requires: ['hermes-no-such-package==9'], backend: 'x' },
    message:
      'Cannot find hermes-no-such-package==9 for the build of sea-data [packages=hermes-no-such-package==9]: the package index has no version of it for this Python.',
    nextStep: 'Correct the requirement in pyproject.toml.',
    exitCode: 2,
  },
  {
    title: 'names the first requirement that an index out of reach does not give',
    system: { requires: ['flit_core==4.2.0', 'wheel==0.48.0'], backend: 'x' },
    more: { env: offline },
    message:
      'Cannot fetch flit_core==4.2.0 for the build of sea-data [packages=flit_core==4.2.0 wheel==0.48.0, reason=connection refused]: the package index cannot be reached.',
    nextStep:
      'Check the network, or name your package index in PIP_INDEX_URL, and run the same command again.',
    exitCode: 3,
  },
];

describe('a build that fails', function () {
  this.timeout(300_000);
  for (const { title, system, files: more, more: options, message, nextStep, exitCode } of cases) {
    it(title, async () => {
      const folder = writeFiles({ ...files, ...more });
      await assert.rejects(build(folder, system, options), { message, nextStep, exitCode });
    });
  }

  it('shows the versions that there are when none fits', async () => {
    const system = { requires: ['flit_core==99'], backend: 'x' };
    await assert.rejects(
      build(writeFiles(files), system),
      /^ConfigError: Cannot find flit_core==99 for the build of sea-data \[packages=flit_core==99\]: the package index has \d+ others, the last ones (?:\d[\d.]+(?:, |\.$)){5}/,
    );
  });
});

describe('a version that the back end works out', function () {
  this.timeout(300_000);
  const sources: readonly [string, System, string, Record<string, string>?][] = [
    [
      'hatchling reads in a module',
      backends.hatchling ?? own,
      '[tool.hatch.version]\npath = "sea_data/__init__.py"\n',
    ],
    [
      'setuptools reads in a module',
      backends.setuptools ?? own,
      '[tool.setuptools.dynamic]\nversion = { attr = "sea_data.__version__" }\n',
    ],
    ['flit reads in the package', backends.flit_core ?? own, ''],
    [
      'setup.py says',
      legacy,
      '[tool.setuptools]\npackages = ["sea_data"]\n',
      { 'setup.py': 'from setuptools import setup\nsetup(version="3.1")\n' },
    ],
  ];
  for (const [title, system, more, extra] of sources) {
    it(`is the one that ${title}`, async () => {
      const folder = writeFiles({
        ...files,
        ...extra,
        'pyproject.toml': pyproject('dynamic = ["version"]', more),
      });
      assert.match((await build(folder, system)).fileName, /^sea_data-3\.1(?:\.0)?-py3-none-any\.whl$/);
    });
  }
});

describe('a project of an older kind', function () {
  this.timeout(300_000);
  it('is built by setup.py alone', async () => {
    const setup =
      'from setuptools import setup\nsetup(name="sea-data", version="2", packages=["sea_data"])\n';
    const { 'pyproject.toml': _none, ...rest } = files;
    const wheel = await build(writeFiles({ ...rest, 'setup.py': setup }), legacy);
    assert.equal(wheel.fileName, 'sea_data-2-py3-none-any.whl');
  });

  it('is built with settings of poetry beside [project]', async () => {
    const text = pyproject('version = "1.4"', '[tool.poetry]\npackages = [{ include = "sea_data" }]\n');
    const system = backends['poetry-core'] ?? own;
    const wheel = await build(writeFiles({ ...files, 'pyproject.toml': text }), system);
    assert.equal(wheel.fileName, 'sea_data-1.4-py3-none-any.whl');
  });

  it('is built by a back end of its own that asks for another', async () => {
    const mine = `from flit_core.buildapi import build_wheel\ndef get_requires_for_build_wheel(config_settings=None):\n    return ["wheel==0.48.0"]\n`;
    const system = { ...own, requires: ['flit_core==4.2.0'] };
    const wheel = await build(writeFiles({ ...files, 'build_tools/mine.py': mine }), system);
    assert.equal(wheel.fileName, 'sea_data-1.0-py3-none-any.whl');
  });
});
