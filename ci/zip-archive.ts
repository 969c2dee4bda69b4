import { buffer } from 'node:stream/consumers';
import { type Entry, fromBufferPromise, type ZipFile as ZipReader } from 'yauzl';
import { ZipFile } from 'yazl';

/** One file or folder of an archive; a folder's name ends with `/`. */
export interface ArchiveEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Unix mode with the file type; 0 when the archive says none. */
  readonly mode: number;
  /** In the machine's time zone, as archives keep it: two seconds fine. */
  readonly modifiedAt: Date;
  readonly isCompressed: boolean;
}

// Python's zipfile takes 0 for an ordinary file; yazl would write its own default.
const ORDINARY_FILE = 0o100644;

/** Reads every entry in the archive's order. @throws Error for what is no zip archive, or a name that leaves it */
export async function readArchive(bytes: Uint8Array): Promise<ArchiveEntry[]> {
  const archive = await fromBufferPromise(Buffer.from(bytes), { lazyEntries: true });
  const entries: ArchiveEntry[] = [];
  for await (const entry of archive.eachEntry()) {
    entries.push({
      name: entry.fileName,
      bytes: await content(archive, entry),
      mode: entry.externalFileAttributes >>> 16,
      modifiedAt: entry.getLastModDate({ timezone: 'local', forceDosFormat: true }),
      isCompressed: entry.compressionMethod !== 0,
    });
  }
  return entries;
}

/** Writes an archive; the same entries give the same bytes. */
export async function writeArchive(entries: readonly ArchiveEntry[]): Promise<Uint8Array> {
  const archive = new ZipFile();
  for (const { name, bytes, mode, modifiedAt, isCompressed } of entries) {
    const options = { mtime: modifiedAt, mode: mode || ORDINARY_FILE, forceDosTimestamp: true };
    if (name.endsWith('/')) archive.addEmptyDirectory(name, options);
    else archive.addBuffer(Buffer.from(bytes), name, { ...options, compress: isCompressed });
  }
  archive.end();
  return buffer(archive.outputStream);
}

async function content(archive: ZipReader, entry: Entry): Promise<Uint8Array> {
  if (entry.fileName.endsWith('/')) return new Uint8Array();
  return buffer(await archive.openReadStreamPromise(entry));
}
