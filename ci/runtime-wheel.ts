import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { sha256 } from '../src/artifacts/record.ts';
import { hermesVersion, packageRoot } from '../src/core/package-root.ts';
import { normaliseVersion } from '../src/core/pep440.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import type { BuiltFile } from './build.ts';
import { recordHash } from './reversion-wheel.ts';
import { writeArchive } from './zip-archive.ts';

const MODULE = 'hermes_runtime';
const SOURCE = join(packageRoot, 'operators', 'runtime');
const FILES = [`${MODULE}/__init__.py`, `${MODULE}/py.typed`];
const REGULAR_FILE = 0o100644;
// The first day that a zip archive can name: the bytes must not depend on when they were made.
const FIRST_DAY = (1 << 5) | 1;

/**
 * The wheel of `hermes_runtime` in the version of this Hermes: what scripts import to learn where they run. Its bytes
 * depend on nothing but the source. It belongs to no project, so it never counts when builds are compared.
 */
export function runtimeWheel(): BuiltFile {
  const version = normaliseVersion(hermesVersion) ?? hermesVersion;
  const info = `${MODULE}-${version}.dist-info`;
  const files: [string, Buffer][] = [
    ...FILES.map((name): [string, Buffer] => [name, readFileSync(join(SOURCE, name))]),
    [`${info}/METADATA`, Buffer.from(metadata(version))],
    [`${info}/WHEEL`, Buffer.from(`Wheel-Version: 1.0\nGenerator: hermes ${hermesVersion}\n${TAGS}`)],
  ];
  const rows = files.map(([name, content]) => `${name},${recordHash(content)},${content.length}\n`);
  const record = Buffer.from(`${rows.join('')}${info}/RECORD,,\n`);
  const bytes = writeArchive([...files, [`${info}/RECORD`, record] as const].map(storedEntry));
  const hash = sha256(bytes);
  const fileName = `${MODULE}-${version}-py3-none-any.whl`;
  return { fileName, kind: 'runtime', bytes, sha256: hash, contentHash: hash };
}

const TAGS = 'Root-Is-Purelib: true\nTag: py3-none-any\n';

function metadata(version: string): string {
  return [
    'Metadata-Version: 2.1',
    'Name: hermes-runtime',
    `Version: ${version}`,
    'Summary: Where a script of Hermes runs, what it may read there, and where it may write',
    'Requires-Python: >=3.9',
    '',
  ].join('\n');
}

/** Not packed, so that no release of zlib changes the bytes. */
function storedEntry([name, content]: readonly [string, Buffer]): ArchiveEntry {
  const nothing = new Uint8Array();
  return {
    name,
    size: content.length,
    crc32: crc32(content),
    isCompressed: false,
    packed: content,
    header: {
      nameBytes: Buffer.from(name),
      // Made on Unix (3), by and for version 2.0 of the format.
      madeBy: (3 << 8) | 20,
      neededVersion: 20,
      flags: 0,
      time: 0,
      date: FIRST_DAY,
      internalAttributes: 0,
      externalAttributes: (REGULAR_FILE << 16) >>> 0,
      extra: nothing,
      localExtra: nothing,
      comment: nothing,
    },
  };
}
