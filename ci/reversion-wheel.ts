import { createHash } from 'node:crypto';
import { type ArchiveEntry, contentOf, withContent, withPrefix } from './archive-entry.ts';
import { isStemOf, type OpenedWheel, openWheel } from './wheel.ts';
import { writeArchive } from './zip-archive.ts';

export interface WheelFile {
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

// A signature signs RECORD; over another RECORD it would be wrong.
const SIGNATURE = /\.dist-info\/RECORD\.(?:jws|p7s)$/;

/**
 * The same wheel under another version: METADATA, the `.dist-info` and `.data` folders, RECORD and the file name say
 * it alike, as pip, uv and `packaging` demand. Everything else is handed on as it lies in the archive, in its order,
 * with its times and modes; the same input gives the same bytes. Signatures of RECORD are left out.
 * @throws Error when the file is no wheel that can be installed
 */
export async function reversionWheel(file: WheelFile, version: string): Promise<WheelFile> {
  const wheel = await openWheel(file);
  const { distribution, tags } = wheel.name;
  const { entries, rename, info } = renamed(wheel, version);
  const metadata = change(entries, `${info}/METADATA`, (text) => setVersion(text, version));
  const all = change(metadata, `${info}/RECORD`, (text) =>
    rewriteRecord(
      text,
      rename,
      metadata.find(({ name }) => name === `${info}/METADATA`),
    ),
  );
  return { fileName: `${distribution}-${version}-${tags}.whl`, bytes: writeArchive(all) };
}

interface Renamed {
  readonly entries: readonly ArchiveEntry[];
  /** New name of an entry, for RECORD. */
  readonly rename: (path: string) => string;
  /** The new `.dist-info` folder. */
  readonly info: string;
}

function renamed({ name, entries, stem }: OpenedWheel, version: string): Renamed {
  const newStem = (old: string): string => `${old.slice(0, old.lastIndexOf('-'))}-${version}`;
  const folders = new Map<string, string>();
  for (const entry of entries) {
    const [, old, kind] = /^([^/]+)\.(dist-info|data)\//.exec(entry.name) ?? [];
    if (old !== undefined && isStemOf(old, name)) folders.set(`${old}.${kind}/`, `${newStem(old)}.${kind}/`);
  }
  const folderOf = (path: string): string => path.slice(0, path.indexOf('/') + 1);
  return {
    entries: entries
      .filter((entry) => !SIGNATURE.test(entry.name))
      .map((entry) => {
        const folder = folderOf(entry.name);
        return withPrefix(entry, folder, folders.get(folder) ?? folder);
      }),
    rename: (path) => {
      const folder = folderOf(path);
      return (folders.get(folder) ?? folder) + path.slice(folder.length);
    },
    info: `${newStem(stem)}.dist-info`,
  };
}

/** Edits one file. As Latin-1 every byte outlives the way to text and back. */
function change(
  entries: readonly ArchiveEntry[],
  name: string,
  edit: (text: string) => string,
): readonly ArchiveEntry[] {
  return entries.map((entry) => {
    if (entry.name !== name) return entry;
    const before = Buffer.from(contentOf(entry)).toString('latin1');
    const after = edit(before);
    return before === after ? entry : withContent(entry, Buffer.from(after, 'latin1'));
  });
}

/** Sets the header, which may be folded, and leaves a line of the description that looks like one alone. */
function setVersion(metadata: string, version: string): string {
  const end = metadata.search(/\r?\n\r?\n/);
  const headers = end < 0 ? metadata : metadata.slice(0, end);
  const changed = headers.replace(/^Version:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*/im, `Version: ${version}`);
  return changed + (end < 0 ? '' : metadata.slice(end));
}

/**
 * New names and the new hash of METADATA; every other row stays as it is written. A row is CSV: the path, which may be
 * quoted, then hash and size, which have neither quotes nor line ends.
 */
function rewriteRecord(
  text: string,
  rename: (path: string) => string,
  metadata: ArchiveEntry | undefined,
): string {
  const row = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(.*)(\r?\n|$)/g;
  return text.replace(
    row,
    (whole: string, quoted: string | undefined, plain: string, rest: string, end: string) => {
      const path = quoted?.replaceAll('""', '"') ?? plain;
      const name = rename(path);
      if (SIGNATURE.test(name)) return '';
      if (metadata !== undefined && name === metadata.name)
        return `${name},${recordHash(contentOf(metadata))},${metadata.size}${end}`;
      if (name === path) return whole;
      return `${quoted === undefined ? name : `"${name.replaceAll('"', '""')}"`}${rest}${end}`;
    },
  );
}

/** https://packaging.python.org/en/latest/specifications/recording-installed-packages/ */
export function recordHash(bytes: Uint8Array): string {
  return `sha256=${createHash('sha256').update(bytes).digest('base64url')}`;
}
