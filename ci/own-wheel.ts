import { crc32 } from 'node:zlib';
import { hermesVersion } from '../src/core/package-root.ts';
import { normaliseVersion } from '../src/core/pep440.ts';
import { sha256Hex } from '../src/core/sha256.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import { recordHash } from './reversion-wheel.ts';
import { writeArchive } from './zip-archive.ts';

/** A Python package that Hermes brings along. */
interface OwnPackage {
  /** Name of the module, `hermes_runtime`; the distribution has dashes in its place. */
  readonly module: string;
  readonly summary: string;
  /** PEP 440: `>=3.9` */
  readonly requiresPython: string;
  /** PEP 508: `apache-airflow>=2.10` @defaultValue [] */
  readonly requires?: readonly string[];
  /** By their paths in the wheel. */
  readonly files: readonly (readonly [name: string, content: Buffer])[];
}

/** A wheel as bytes. */
export interface OwnWheel {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

const REGULAR_FILE = 0o100644;
// The first day that a zip archive can name: the bytes must not depend on when they were made.
const FIRST_DAY = (1 << 5) | 1;
const TAGS = 'Root-Is-Purelib: true\nTag: py3-none-any\n';

/** The wheel of a package in the version of this Hermes. Its bytes depend on nothing but the package. */
export function ownWheel({ module, files, ...about }: OwnPackage): OwnWheel {
  const version = normaliseVersion(hermesVersion) ?? hermesVersion;
  const info = `${module}-${version}.dist-info`;
  const all: (readonly [string, Buffer])[] = [
    ...files,
    [`${info}/METADATA`, Buffer.from(metadata(module, version, about))],
    [`${info}/WHEEL`, Buffer.from(`Wheel-Version: 1.0\nGenerator: hermes ${hermesVersion}\n${TAGS}`)],
  ];
  const rows = all.map(([name, content]) => `${name},${recordHash(content)},${content.length}\n`);
  const record = Buffer.from(`${rows.join('')}${info}/RECORD,,\n`);
  const bytes = writeArchive([...all, [`${info}/RECORD`, record] as const].map(storedEntry));
  return { fileName: `${module}-${version}-py3-none-any.whl`, bytes, sha256: sha256Hex(bytes) };
}

function metadata(
  module: string,
  version: string,
  { summary, requiresPython, requires = [] }: Omit<OwnPackage, 'module' | 'files'>,
): string {
  return [
    'Metadata-Version: 2.1',
    `Name: ${module.replaceAll('_', '-')}`,
    `Version: ${version}`,
    `Summary: ${summary}`,
    `Requires-Python: ${requiresPython}`,
    ...requires.map((requirement) => `Requires-Dist: ${requirement}`),
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
