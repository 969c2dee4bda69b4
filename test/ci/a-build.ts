import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import type { Build, BuiltFile } from '../../ci/build.ts';
import { sha256Hex } from '../../src/core/sha256.ts';

const commit = '3f1c2aa0d2e4f6a8b0c2d4e6f8a0b2c4d6e8f0a2';

/** A build of two files whose contents are given as texts. */
export function makeBuild(
  more: {
    version?: string;
    commit?: string;
    tree?: string;
    script?: string;
    wheel?: string | Uint8Array;
  } = {},
): Build {
  const version = more.version ?? '1.5.0';
  const file = (fileName: string, content: string | Uint8Array, script?: string): BuiltFile => {
    const bytes = Buffer.from(content);
    const hash = sha256Hex(bytes);
    const kind = script === undefined ? 'wheel' : 'script';
    return {
      fileName,
      kind,
      ...(script === undefined ? {} : { script }),
      bytes,
      sha256: hash,
      contentHash: hash,
    };
  };
  return {
    team: 'weather',
    project: 'observations',
    version,
    commit: more.commit ?? commit,
    ref: 'refs/heads/master',
    tree: more.tree ?? 'b'.repeat(40),
    builder: '1.0.0',
    builtAt: '2026-11-21T06:00:00.000Z',
    dependencies: ['smart-open>=7'],
    files: [
      file(`observations-${version}.py`, more.script ?? 'print(1)', 'observations'),
      file(`observations-${version}-py3-none-any.whl`, more.wheel ?? 'a wheel'),
    ],
    versionPlace: 'observations/pyproject.toml:3',
  };
}

/** One file of an archive made by hand. */
export interface HandFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly mode?: number;
}

/** A zip archive, written by another library than the one under test. */
export function zip(files: readonly HandFile[], modifiedAt = new Date(2020, 1, 2, 3, 4, 6)): Promise<Buffer> {
  const archive = new ZipFile();
  for (const { name, content, mode = 0o100644 } of files) {
    const options = { mode, mtime: modifiedAt, forceDosTimestamp: true };
    if (name.endsWith('/')) archive.addEmptyDirectory(name, options);
    else archive.addBuffer(Buffer.from(content), name, options);
  }
  archive.end();
  return buffer(archive.outputStream);
}

export interface HandWheel {
  readonly version?: string;
  /** `observations-1.5.0` unless said otherwise. */
  readonly stem?: string;
  readonly module?: string;
  readonly modifiedAt?: Date;
  readonly generator?: string;
  readonly metadata?: string | Uint8Array;
  readonly record?: string;
  readonly more?: readonly HandFile[];
}

/** A real wheel, made by hand: two modules, a script, METADATA, WHEEL and RECORD. */
export function makeWheel(wheel: HandWheel = {}): Promise<Uint8Array> {
  const version = wheel.version ?? '1.5.0';
  const stem = wheel.stem ?? `observations-${version}`;
  const info = `${stem}.dist-info`;
  const metadata = `Metadata-Version: 2.4\nName: observations\nVersion: ${version}\nRequires-Python: >=3.10\nRequires-Dist: smart-open>=7;\n python_version > "3"\nRequires-Dist: pytest; extra == "test"\n\n# About\nVersion: 9 is not a header\n`;
  const record = `observations/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"observations/a, ""b"".py",sha256=abc,6\n${stem}.data/scripts/run,sha256=def,9\n${info}/METADATA,sha256=old,1\n${info}/WHEEL,sha256=ghi,2\n${info}/RECORD,,\n`;
  const files: HandFile[] = [
    { name: 'observations/__init__.py', content: '' },
    { name: 'observations/a, "b".py', content: wheel.module ?? 'x = 1\n', mode: 0o100755 },
    { name: `${stem}.data/scripts/run`, content: '#!python\n' },
    ...(wheel.more ?? []),
    { name: `${info}/METADATA`, content: wheel.metadata ?? metadata },
    {
      name: `${info}/WHEEL`,
      content: `Wheel-Version: 1.0\nGenerator: ${wheel.generator ?? 'hand 1'}\nTag: py3-none-any\n`,
    },
    { name: `${info}/RECORD`, content: wheel.record ?? record },
  ];
  return zip(files, wheel.modifiedAt);
}
