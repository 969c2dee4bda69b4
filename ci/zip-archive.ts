import { type Entry, fromBufferPromise } from 'yauzl';
import type { ArchiveEntry } from './archive-entry.ts';

/** Beyond this much content an archive is refused: whatever a small file claims, no machine has to hold it. */
const MAX_CONTENT_BYTES = 1024 ** 3;
const MAX_ENTRIES = 0xffff;

const [STORED, DEFLATED] = [0, 8];
const ZIP64_FIELD = 0x0001;
const DESCRIPTOR_FLAG = 0x8;
const LOCAL_HEADER = 30;
const LOCAL_SIGNATURE = 0x04034b50;

/**
 * Reads every entry in the archive's order, without unpacking.
 * @throws Error for what is no zip archive; for names that leave it, are there twice, or differ between the two places
 *   that an archive names an entry in; for content that is encrypted, beyond a GiB, or packed by another way than deflate
 */
export async function readArchive(bytes: Uint8Array): Promise<ArchiveEntry[]> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const archive = await fromBufferPromise(buffer, { lazyEntries: true, strictFileNames: true });
  const entries: ArchiveEntry[] = [];
  const names = new Set<string>();
  let total = 0;
  for await (const entry of archive.eachEntry()) {
    const name = JSON.stringify(entry.fileName);
    if (names.has(entry.fileName)) throw new Error(`it holds ${name} twice`);
    names.add(entry.fileName);
    total += entry.uncompressedSize;
    if (total > MAX_CONTENT_BYTES || entries.length === MAX_ENTRIES)
      throw new Error(`it unpacks to more than ${MAX_CONTENT_BYTES / 1024 ** 2} MiB or ${MAX_ENTRIES} files`);
    if (entry.isEncrypted()) throw new Error(`${name} is encrypted`);
    if (![STORED, DEFLATED].includes(entry.compressionMethod))
      throw new Error(
        `${name} is packed by method ${entry.compressionMethod}; deflate is method ${DEFLATED}`,
      );
    entries.push(readEntry(entry, buffer));
  }
  return entries;
}

/** Writes an archive: sizes stand before the content, no comment behind it; the same entries give the same bytes. */
export function writeArchive(entries: readonly ArchiveEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { header, packed } = entry;
    const local = [localHeader(entry), header.nameBytes, header.localExtra, packed];
    parts.push(...local);
    directory.push(directoryHeader(entry, offset), header.nameBytes, header.extra, header.comment);
    offset += lengthOf(local);
  }
  return Buffer.concat([...parts, ...directory, endRecord(entries.length, lengthOf(directory), offset)]);
}

/** Reads what stands before the content, too: it must not say another name, and may hold other fields. */
function readEntry(entry: Entry, buffer: Buffer): ArchiveEntry {
  const name = JSON.stringify(entry.fileName);
  const local = buffer.subarray(entry.relativeOffsetOfLocalHeader);
  if (local.length < LOCAL_HEADER || local.readUInt32LE(0) !== LOCAL_SIGNATURE)
    throw new Error(`${name} is not where it says`);
  const nameEnd = LOCAL_HEADER + local.readUInt16LE(26);
  const start = nameEnd + local.readUInt16LE(28);
  const end = start + entry.compressedSize;
  if (end > local.length) throw new Error(`${name} reaches beyond its end`);
  if (Buffer.compare(local.subarray(LOCAL_HEADER, nameEnd), entry.fileNameRaw) !== 0)
    throw new Error(`it names ${name} differently in two places`);
  return {
    name: entry.fileName,
    size: entry.uncompressedSize,
    crc32: entry.crc32,
    isCompressed: entry.compressionMethod === DEFLATED,
    packed: local.subarray(start, end),
    header: {
      nameBytes: entry.fileNameRaw,
      madeBy: entry.versionMadeBy,
      neededVersion: entry.versionNeededToExtract,
      flags: entry.generalPurposeBitFlag & ~DESCRIPTOR_FLAG,
      time: entry.lastModFileTime,
      date: entry.lastModFileDate,
      internalAttributes: entry.internalFileAttributes,
      externalAttributes: entry.externalFileAttributes,
      extra: withoutZip64(entry.extraFieldRaw),
      localExtra: withoutZip64(local.subarray(nameEnd, start)),
      comment: entry.fileCommentRaw,
    },
  };
}

/** Sizes fit their own fields again. A field that is cut short ends the list. */
function withoutZip64(extra: Buffer): Uint8Array {
  if (extra.length === 0) return extra;
  const kept: Buffer[] = [];
  for (let start = 0; start + 4 <= extra.length; ) {
    const end = start + 4 + extra.readUInt16LE(start + 2);
    if (extra.readUInt16LE(start) !== ZIP64_FIELD) kept.push(extra.subarray(start, end));
    start = end;
  }
  return Buffer.concat(kept);
}

// Layouts: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7, 4.3.12 and 4.3.16.
function localHeader({ header, isCompressed, crc32, packed, size }: ArchiveEntry): Buffer {
  const record = Buffer.alloc(LOCAL_HEADER);
  record.writeUInt32LE(LOCAL_SIGNATURE, 0);
  record.writeUInt16LE(header.neededVersion, 4);
  record.writeUInt16LE(header.flags, 6);
  record.writeUInt16LE(isCompressed ? DEFLATED : STORED, 8);
  record.writeUInt16LE(header.time, 10);
  record.writeUInt16LE(header.date, 12);
  record.writeUInt32LE(crc32, 14);
  record.writeUInt32LE(packed.length, 18);
  record.writeUInt32LE(size, 22);
  record.writeUInt16LE(header.nameBytes.length, 26);
  record.writeUInt16LE(header.localExtra.length, 28);
  return record;
}

function directoryHeader(entry: ArchiveEntry, offset: number): Buffer {
  const { header } = entry;
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x02014b50, 0);
  record.writeUInt16LE(header.madeBy, 4);
  // From the needed version to the length of the name both headers are the same.
  record.set(localHeader(entry).subarray(4, 28), 6);
  record.writeUInt16LE(header.extra.length, 30);
  record.writeUInt16LE(header.comment.length, 32);
  record.writeUInt16LE(header.internalAttributes, 36);
  record.writeUInt32LE(header.externalAttributes, 38);
  record.writeUInt32LE(offset, 42);
  return record;
}

function endRecord(count: number, directoryLength: number, directoryOffset: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(directoryLength, 12);
  record.writeUInt32LE(directoryOffset, 16);
  return record;
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((total, part) => total + part.length, 0);
}
