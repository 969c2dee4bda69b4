import { isSameVersion, normaliseVersion } from '../src/core/pep440.ts';
import { sha256Hex } from '../src/core/sha256.ts';
import { type ArchiveEntry, contentOf, modeOf } from './archive-entry.ts';
import { readArchive } from './zip-archive.ts';

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

/** A wheel that is opened and checked: what pip and uv look at before they install one is in order. */
export interface OpenedWheel {
  readonly name: WheelName;
  readonly entries: readonly ArchiveEntry[];
  /** `demo-1.0` where its folder is `demo-1.0.dist-info`; may be spelled otherwise than the file's name. */
  readonly stem: string;
  readonly metadata: WheelMetadata;
}

/**
 * Opens a wheel.
 * @throws Error with the reason when nobody could install it: no archive, no or two `.dist-info` folders, another name
 *   or version inside than outside, no METADATA, WHEEL or RECORD
 */
export async function openWheel(file: {
  readonly fileName: string;
  readonly bytes: Uint8Array;
}): Promise<OpenedWheel> {
  const name = parseWheelName(file.fileName);
  if (name === undefined) throw new Error(`${JSON.stringify(file.fileName)} is not the name of a wheel`);
  const entries = await readArchive(file.bytes);
  const stem = stemOf(entries);
  if (!isStemOf(stem, name)) throw new Error(`it is called ${file.fileName} and holds ${stem}.dist-info`);
  for (const part of ['METADATA', 'WHEEL', 'RECORD']) {
    if (!entries.some((entry) => entry.name === `${stem}.dist-info/${part}`))
      throw new Error(`it has no ${part}`);
  }
  const metadata = metadataOf(entries, stem);
  if (!isSameVersion(metadata.version, name.version))
    throw new Error(`it is called ${file.fileName} and says version ${metadata.version} in METADATA`);
  return { name, entries, stem, metadata };
}

/** Whether a folder's stem means this distribution and version, however it is spelled. */
export function isStemOf(stem: string, { distribution, version }: WheelName): boolean {
  const dash = stem.lastIndexOf('-');
  return (
    isSameDistribution(stem.slice(0, dash), distribution) && isSameVersion(stem.slice(dash + 1), version)
  );
}

/**
 * Whether two names mean one distribution, however they are spelled.
 * https://packaging.python.org/en/latest/specifications/name-normalization/
 */
export function isSameDistribution(a: string, b: string): boolean {
  const plain = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');
  return plain(a) === plain(b);
}

/** Reads METADATA. @throws Error when the archive is no wheel */
export async function readWheelMetadata(bytes: Uint8Array): Promise<WheelMetadata> {
  const entries = await readArchive(bytes);
  return metadataOf(entries, stemOf(entries));
}

function stemOf(entries: readonly ArchiveEntry[]): string {
  const stems = new Set(entries.flatMap(({ name }) => /^([^/]+)\.dist-info\//.exec(name)?.[1] ?? []));
  const [stem] = stems;
  if (stem === undefined) throw new Error('it has no .dist-info folder');
  if (stems.size > 1) throw new Error(`it has ${stems.size} .dist-info folders`);
  return stem;
}

function metadataOf(entries: readonly ArchiveEntry[], stem: string): WheelMetadata {
  const entry = entries.find(({ name }) => name === `${stem}.dist-info/METADATA`);
  if (entry === undefined) throw new Error('it has no METADATA');
  const text = Buffer.from(contentOf(entry)).toString('utf8');
  const [headers = ''] = text.split(/\r?\n\r?\n/);
  // A header goes on in lines that begin with a blank; its name is written in any case.
  const lines = headers.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const values = (name: string): string[] =>
    lines
      .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
      .map((line) => line.slice(name.length + 1).trim());
  const version = normaliseVersion(values('Version')[0] ?? '');
  if (version === undefined) throw new Error('its METADATA has no version');
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
    .map((entry) => {
      const hash = sha256Hex(contentOf(entry));
      return `${entry.name}\0${(modeOf(entry) & 0o111) === 0 ? '-' : 'x'}\0${hash}`;
    });
  return sha256Hex(lines.sort().join('\n'));
}
