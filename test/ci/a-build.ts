import type { Build, BuiltFile } from '../../ci/build.ts';
import { type ArchiveEntry, writeArchive } from '../../ci/zip-archive.ts';
import { sha256 } from '../../src/artifacts/record.ts';

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
    const hash = sha256(bytes);
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

/** A real wheel, made by hand: one module, METADATA, WHEEL and RECORD. */
export function makeWheel(
  more: { version?: string; module?: string; modifiedAt?: Date; generator?: string; record?: string } = {},
): Promise<Uint8Array> {
  const version = more.version ?? '1.5.0';
  const info = `observations-${version}.dist-info`;
  const text = (name: string, content: string, mode = 0o100644): ArchiveEntry => ({
    name,
    bytes: Buffer.from(content),
    mode,
    modifiedAt: more.modifiedAt ?? new Date(2020, 1, 2, 3, 4, 6),
    isCompressed: true,
  });
  return writeArchive([
    text('observations/__init__.py', ''),
    text('observations/a, "b".py', more.module ?? 'x = 1\n', 0o100755),
    text(`observations-${version}.data/scripts/run`, '#!python\n'),
    text(
      `${info}/METADATA`,
      `Metadata-Version: 2.4\nName: observations\nVersion: ${version}\nRequires-Python: >=3.10\nRequires-Dist: smart-open>=7;\n python_version > "3"\nRequires-Dist: pytest; extra == "test"\n\n# About\nVersion: 9 is not a header\n`,
    ),
    text(
      `${info}/WHEEL`,
      `Wheel-Version: 1.0\nGenerator: ${more.generator ?? 'hand 1'}\nTag: py3-none-any\n`,
    ),
    text(
      `${info}/RECORD`,
      more.record ??
        `observations/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"observations/a, ""b"".py",sha256=abc,6\nobservations-${version}.data/scripts/run,sha256=def,9\n${info}/METADATA,sha256=old,1\n${info}/WHEEL,sha256=ghi,2\n${info}/RECORD,,\n`,
    ),
  ]);
}
