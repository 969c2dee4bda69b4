import { open } from 'node:fs/promises';
import { logSize } from '../compute/driver-log.ts';
import { lineNumberAt, nextLineStart, offsetOfLine, readLines } from '../compute/log-reader.ts';
import { type LogLine, logLines } from './log-text.ts';

/** What the run page asks of a log: from an offset on, the part before an offset, around a line, or the place of a text. */
export interface LogQuery {
  readonly offset?: string;
  readonly before?: string;
  readonly line?: string;
  readonly find?: string;
  /** The number of the line at `offset`, when the asker knows it: saves counting. */
  readonly number?: string;
}

/** Lines for the page, with where they lie in the file. */
export interface LogPage {
  readonly lines: readonly LogLine[];
  readonly offset: number;
  readonly nextOffset: number;
  readonly size: number;
  /** The line at which the text was found; absent when it was not looked for or is not there. */
  readonly foundLine?: number;
}

const PIECE = 128 * 1024;
const LINES_BEFORE = 20;
const CHUNK = 1024 * 1024;

/** Reads the part of a log that a query means; without any, its end. `isComplete`: nothing more will be written. */
export async function readLogPiece(file: string, query: LogQuery, isComplete: boolean): Promise<LogPage> {
  if (query.offset !== undefined)
    return readFrom(file, numberOf(query.offset), isComplete, numberOf(query.number ?? '0'));
  if (query.before !== undefined) return readBefore(file, numberOf(query.before), isComplete);
  if (query.find !== undefined && query.find !== '') {
    const line = await findLine(file, query.find, numberOf(query.line ?? '0') + 1);
    if (line === undefined) return { lines: [], offset: 0, nextOffset: 0, size: logSize(file) };
    return { ...(await readAround(file, line, isComplete)), foundLine: line };
  }
  if (query.line !== undefined) return readAround(file, numberOf(query.line), isComplete);
  return readBefore(file, logSize(file), isComplete);
}

async function readFrom(file: string, offset: number, isComplete: boolean, number = 0): Promise<LogPage> {
  const piece = await readLines(file, offset, PIECE, isComplete);
  const isKnown = number > 0 && piece.offset === offset;
  const first = isKnown ? number : await lineNumberAt(file, piece.offset);
  return { ...placeOf(piece), lines: logLines(piece.text, first) };
}

async function readBefore(file: string, end: number, isComplete: boolean): Promise<LogPage> {
  const start = await nextLineStart(file, Math.max(0, end - PIECE));
  const piece = await readLines(file, Math.min(start, end), Math.max(0, end - start), isComplete);
  const first = await lineNumberAt(file, piece.offset);
  return { ...placeOf(piece), lines: logLines(piece.text, first) };
}

async function readAround(file: string, line: number, isComplete: boolean): Promise<LogPage> {
  return readFrom(file, await offsetOfLine(file, Math.max(1, line - LINES_BEFORE)), isComplete);
}

/** The first line from `firstLine` on that holds the text; letter case of ASCII does not matter. */
async function findLine(file: string, text: string, firstLine: number): Promise<number | undefined> {
  const needle = Buffer.from(text, 'utf8').toString('latin1').toLowerCase();
  let offset = await offsetOfLine(file, firstLine);
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const buffer = Buffer.alloc(CHUNK);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK, offset);
      if (bytesRead === 0) return undefined;
      const at = buffer.subarray(0, bytesRead).toString('latin1').toLowerCase().indexOf(needle);
      if (at >= 0) return lineNumberAt(file, offset + at);
      if (bytesRead < CHUNK) return undefined;
      offset += Math.max(1, bytesRead - needle.length);
    }
  } finally {
    await handle.close();
  }
}

function placeOf(piece: { offset: number; nextOffset: number; size: number }): Omit<LogPage, 'lines'> {
  return { offset: piece.offset, nextOffset: piece.nextOffset, size: piece.size };
}

function numberOf(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
