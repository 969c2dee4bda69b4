import { createHash } from 'node:crypto';
import { normaliseVersion } from '../src/core/pep440.ts';
import { type ArchiveEntry, readArchive } from './zip-archive.ts';

/**
 * The parts of a wheel's file name: `{distribution}-{version}(-{build})?-{python}-{abi}-{platform}.whl`.
 * https://packaging.python.org/en/latest/specifications/binary-distribution-format/
 */
export interface WheelName {
  readonly distribution: string;
  readonly version: string;
  /** Build tag, Python, ABI and platform: `py3-none-any`. */
  readonly tags: string;
}

/** What a wheel says about itself in METADATA. */
export interface WheelMetadata {
  readonly name: string;
  /** Normalised. */
  readonly version: string;
  readonly requiresPython?: string;
  /** Requirements without those of extras. */
  readonly dependencies: readonly string[];
}

/** Reads a wheel's file name, or answers undefined when it is none. */
export function parseWheelName(fileName: string): WheelName | undefined {
  const parts =
    /^(?<distribution>[^-]+)-(?<version>[^-]+)-(?<tags>(?:\d[^-]*-)?[^-]+-[^-]+-[^-]+)\.whl$/.exec(fileName);
  const { distribution, version, tags } = parts?.groups ?? {};
  return distribution === undefined || version === undefined || tags === undefined
    ? undefined
    : { distribution, version, tags };
}

/** Path of METADATA inside a wheel: the one in the only `.dist-info` folder at the top. */
export function metadataPath(entries: readonly ArchiveEntry[]): string {
  const path = entries.map((entry) => entry.name).find((name) => /^[^/]+\.dist-info\/METADATA$/.test(name));
  if (path === undefined) throw new Error('the wheel has no METADATA');
  return path;
}

/** Reads METADATA. @throws Error when the archive is no wheel */
export async function readWheelMetadata(bytes: Uint8Array): Promise<WheelMetadata> {
  const entries = await readArchive(bytes);
  const path = metadataPath(entries);
  const text = Buffer.from(entries.find((entry) => entry.name === path)?.bytes ?? []).toString('utf8');
  const [headers = ''] = text.split(/\r?\n\r?\n/);
  // A header goes on in lines that begin with a blank.
  const lines = headers.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const values = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2).trim());
  const version = normaliseVersion(values('Version')[0] ?? '');
  if (version === undefined) throw new Error('METADATA of the wheel has no version');
  const requiresPython = values('Requires-Python')[0];
  return {
    name: values('Name')[0] ?? '',
    version,
    ...(requiresPython === undefined ? {} : { requiresPython }),
    dependencies: values('Requires-Dist').filter((line) => !/;.*\bextra\s*==/.test(line)),
  };
}

/**
 * Hash over what a wheel installs: names, modes and contents, whatever the order, the times, the compression and the
 * version of the back end. Two builds of one source agree here also when their bytes do not.
 */
export async function wheelContentHash(bytes: Uint8Array): Promise<string> {
  const lines = (await readArchive(bytes))
    .filter(({ name }) => !/^[^/]+\.dist-info\/(WHEEL|RECORD)$/.test(name))
    .map(({ name, bytes: content, mode }) => {
      const hash = createHash('sha256').update(content).digest('hex');
      return `${name}\0${(mode & 0o111) === 0 ? '-' : 'x'}\0${hash}`;
    });
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}
