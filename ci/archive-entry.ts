import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

/** One file or folder of a zip archive, as it lies in it; a folder's name ends with `/`. */
export interface ArchiveEntry {
  readonly name: string;
  /** Length of the content, in bytes. */
  readonly size: number;
  readonly crc32: number;
  readonly isCompressed: boolean;
  /** The content as the archive holds it. */
  readonly packed: Uint8Array;
  readonly header: EntryHeader;
}

/** What an archive says about an entry beyond its content; handed on as it was found. */
interface EntryHeader {
  readonly nameBytes: Uint8Array;
  readonly madeBy: number;
  readonly neededVersion: number;
  readonly flags: number;
  /** Time and date of MS-DOS: two seconds fine, in no time zone. */
  readonly time: number;
  readonly date: number;
  readonly internalAttributes: number;
  /** Unix mode with the file type in the upper half. */
  readonly externalAttributes: number;
  readonly extra: Uint8Array;
  readonly localExtra: Uint8Array;
  readonly comment: Uint8Array;
}

/** Unix permissions with the file type; 0 when the archive says none. */
export function modeOf({ header }: ArchiveEntry): number {
  return header.externalAttributes >>> 16;
}

/** Unpacks the content. @throws Error when it is not what the archive says of it */
export function contentOf(entry: ArchiveEntry): Uint8Array {
  const content = entry.isCompressed ? inflate(entry) : entry.packed;
  if (content.length !== entry.size || crc32(content) !== entry.crc32)
    throw new Error(`the content of ${JSON.stringify(entry.name)} is damaged`);
  return content;
}

/** The entry with another content, packed the same way. */
export function withContent(entry: ArchiveEntry, content: Uint8Array): ArchiveEntry {
  const packed = entry.isCompressed ? deflateRawSync(content) : content;
  return { ...entry, size: content.length, crc32: crc32(content), packed };
}

/** The entry under a name whose beginning is another one; both beginnings are ASCII. */
export function withPrefix(entry: ArchiveEntry, before: string, after: string): ArchiveEntry {
  if (before === after || !entry.name.startsWith(before)) return entry;
  const { header } = entry;
  const nameBytes = Buffer.concat([Buffer.from(after), header.nameBytes.subarray(before.length)]);
  return {
    ...entry,
    name: after + entry.name.slice(before.length),
    header: { ...header, nameBytes },
  };
}

function inflate({ name, packed, size }: ArchiveEntry): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    throw new Error(`the content of ${JSON.stringify(name)} is damaged`, { cause });
  }
}
