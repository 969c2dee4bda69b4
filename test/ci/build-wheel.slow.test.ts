import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { reversionWheel, type WheelFile } from '../../ci/reversion-wheel.ts';
import { readArchive, writeArchive } from '../../ci/zip-archive.ts';
import { pythonTools } from '../python-tools.ts';
import { temporaryFolder } from '../setup.ts';
import { backends, build, projectOf, writeFiles } from './python-project.ts';

const FEATURE = '1.2.0+feature.x.h1234abcd.g01234567';

describe('a wheel', function () {
  this.timeout(300_000);
  let installers: Installers;
  before(() => {
    const bin = pythonTools('test');
    installers = { bin, pip: environment(bin), uv: environment(bin) };
  });

  for (const [name, system] of Object.entries(backends)) {
    describe(`of ${name}`, () => {
      let wheel: WheelFile;
      before(async () => {
        wheel = await build(writeFiles(projectOf(name)), system);
      });

      it('is the same bytes under any umask, clock, time zone and home, and for touched files', async () => {
        const umask = process.umask(0o077);
        try {
          const folder = writeFiles(projectOf(name));
          utimesSync(join(folder, 'sea_data', '__init__.py'), 1, 1);
          const env = { ...process.env, HOME: temporaryFolder(), TZ: 'Asia/Tokyo', LC_ALL: 'POSIX' };
          assert.deepEqual(await build(folder, system, { env }), wheel);
        } finally {
          process.umask(umask);
        }
      });

      it('is the same bytes as those of uv build and python -m build', () => {
        const env = { ...process.env, SOURCE_DATE_EPOCH: '1700000000' };
        for (const [program, args] of [
          ['uv', ['build', '--wheel', '--quiet']],
          ['python', ['-m', 'build', '--wheel', '--installer', 'uv']],
        ] as const) {
          const folder = writeFiles(projectOf(name));
          const out = temporaryFolder();
          const { bin } = installers;
          const path = { ...env, PATH: `${bin}:${process.env.PATH}` };
          execFileSync(
            join(bin, program),
            [...args, folder, program === 'uv' ? '--out-dir' : '--outdir', out],
            { env: path, stdio: 'pipe' },
          );
          assert.deepEqual(
            readdirSync(out).filter((file) => file.endsWith('.whl')),
            [wheel.fileName],
          );
          assert.ok(
            readFileSync(join(out, wheel.fileName)).equals(wheel.bytes),
            `${program} gives other bytes`,
          );
        }
      });

      it('goes through our archive without a change', async () => {
        assert.ok(Buffer.from(writeArchive(await readArchive(wheel.bytes))).equals(wheel.bytes));
      });

      // As it was built it is what `uv build` gives, byte for byte.
      for (const version of ['0+latest', FEATURE]) {
        it(`installs as ${version} by the newest pip and uv, and agrees with its RECORD`, async () => {
          const path = write(await reversionWheel(wheel, version));
          assert.equal(
            basename(path),
            `sea_data-${version}-${basename(wheel.fileName).split('-').slice(2).join('-')}`,
          );
          verifyRecord(path);
          installBoth(installers, path, version);
          execFileSync(join(installers.bin, 'wheel'), ['unpack', path, '--dest', temporaryFolder()], {
            stdio: 'pipe',
          });
        });
      }
    });
  }
});

function write({ fileName, bytes }: WheelFile): string {
  const path = join(temporaryFolder(), fileName);
  writeFileSync(path, bytes);
  return path;
}

/** What installs, and an environment for each. */
interface Installers {
  /** Holds both. */
  readonly bin: string;
  readonly pip: string;
  readonly uv: string;
}

function environment(bin: string): string {
  const folder = temporaryFolder();
  execFileSync(join(bin, 'uv'), ['venv', '--quiet', '--python', join(bin, 'python'), '--clear', folder]);
  return folder;
}

/** Both must find the package in order; it takes the place of the one before. */
function installBoth({ bin, ...folders }: Installers, wheel: string, version: string): void {
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe', cwd: bin });
  const python = { pip: join(folders.pip, 'bin', 'python'), uv: join(folders.uv, 'bin', 'python') };
  const ofPip = [join(bin, 'python'), '-m', 'pip', '--python', python.pip] as const;
  run(...ofPip, 'install', '--quiet', '--no-index', '--force-reinstall', wheel);
  assert.match(run(...ofPip, 'check'), /No broken requirements/);
  const uv = join(bin, 'uv');
  run(uv, 'pip', 'install', '--quiet', '--no-index', '--reinstall', '--python', python.uv, wheel);
  run(uv, 'pip', 'check', '--python', python.uv);
  const script =
    'import importlib.metadata as m, os, sea_data, sea_data.sea_data as s; assert s.answer() == 42; assert os.path.exists(os.path.dirname(s.__file__) + "/día.py"); print(m.version("sea-data"))';
  for (const [installer, program] of Object.entries(python))
    assert.equal(run(program, '-c', script).trim(), version, installer);
}

/** By another implementation than ours: Python's csv, zipfile and hashlib. */
function verifyRecord(wheel: string): void {
  const script = `
import base64, csv, hashlib, io, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
record = next(n for n in archive.namelist() if n.endswith(".dist-info/RECORD"))
rows = list(csv.reader(io.StringIO(archive.read(record).decode())))
files = [n for n in archive.namelist() if not n.endswith("/")]
assert sorted(r[0] for r in rows) == sorted(files), (rows, files)
for path, digest, size in rows:
    if path == record: continue
    data = archive.read(path)
    assert digest == "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode(), path
    assert int(size) == len(data), path
`;
  execFileSync('python3', ['-c', script, wheel], { stdio: 'pipe' });
}
