import { open } from 'node:fs/promises';
import { logSize } from './driver-log.ts';

/** A piece of a log. Offsets are bytes from the start of the file, lines count from 1. */
export interface LogPiece {
  readonly text: string;
  readonly offset: number;
  readonly nextOffset: number;
  /** Size of the file when it was read. */
  readonly size: number;
}

const CHUNK = 1024 * 1024;
const NEWLINE = 0x0a;

/** The last `limit` bytes; `isCut` when there is more before them. Bytes that are no UTF-8 come as U+FFFD. */
export async function readTail(file: string, limit: number): Promise<{ text: string; isCut: boolean }> {
  const size = logSize(file);
  const bytes = await readBytes(file, Math.max(0, size - limit), Math.min(size, limit));
  return { text: bytes.toString('utf8'), isCut: size > limit };
}

/**
 * Whole lines from `offset` on, at most `limit` bytes; a line longer than that is given in pieces.
 * `isComplete`: nothing more will be written, so a last line without its end counts as a line.
 */
export async function readLines(
  file: string,
  offset: number,
  limit: number,
  isComplete: boolean,
): Promise<LogPiece> {
  const size = logSize(file);
  const from = offset > size ? 0 : offset;
  const bytes = await readBytes(file, from, Math.min(limit, size - from));
  const isLast = isComplete && from + bytes.length >= size;
  const end = isLast ? bytes.length : bytes.lastIndexOf(NEWLINE) + 1 || wholeCharacters(bytes, limit);
  const text = bytes.subarray(0, end).toString('utf8');
  return { text, offset: from, nextOffset: from + end, size };
}

/** The offset of the first line that starts at or after `offset`. */
export async function nextLineStart(file: string, offset: number): Promise<number> {
  if (offset <= 0) return 0;
  const bytes = await readBytes(file, offset - 1, CHUNK);
  const newline = bytes.indexOf(NEWLINE);
  return newline < 0 ? offset : offset + newline;
}

/** The number of the line that starts at `offset`, counted through the file. */
export async function lineNumberAt(file: string, offset: number): Promise<number> {
  let lines = 1;
  await eachChunk(file, offset, (bytes) => {
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
    return true;
  });
  return lines;
}

/** The offset at which a line starts; the file's end when it has fewer lines. */
export async function offsetOfLine(file: string, line: number): Promise<number> {
  let left = line - 1;
  let offset = 0;
  if (left <= 0) return 0;
  await eachChunk(file, Number.POSITIVE_INFINITY, (bytes) => {
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
      left -= 1;
      if (left === 0) {
        offset += at + 1;
        return false;
      }
    }
    offset += bytes.length;
    return true;
  });
  return offset;
}

// A piece of one long line must not cut a character in two; with room left, the line may still grow.
function wholeCharacters(bytes: Buffer, limit: number): number {
  if (bytes.length < limit) return 0;
  let end = bytes.length;
  for (let back = 1; back <= 3 && end - back >= 0; back += 1) {
    const byte = bytes[end - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    if (byte >= 0xc0) end -= back;
    break;
  }
  return end;
}

async function eachChunk(file: string, until: number, see: (bytes: Buffer) => boolean): Promise<void> {
  const size = Math.min(until, logSize(file));
  for (let offset = 0; offset < size; offset += CHUNK) {
    if (!see(await readBytes(file, offset, Math.min(CHUNK, size - offset)))) return;
  }
}

async function readBytes(file: string, offset: number, length: number): Promise<Buffer> {
  if (length <= 0) return Buffer.alloc(0);
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return Buffer.alloc(0);
  try {
    const buffer = Buffer.alloc(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } finally {
    await handle.close();
  }
}
