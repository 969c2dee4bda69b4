import { stripVTControlCharacters } from 'node:util';
import { printable } from '../../core/printable.ts';

const MAX_LINE = 16_384;

/**
 * Makes what a script printed fit to be shown: no terminal sequences, a progress bar that redraws itself by `\r` as
 * its last state, other control characters as their pictures (U+2400…), direction overrides as U+FFFD.
 * A line is cut after 16,384 characters. HTML is left alone; whoever puts the text on a page escapes it.
 */
export function cleanLog(text: string): string {
  const lines = text.split('\n').map((line) => lastDrawing(stripVTControlCharacters(shortLine(line))));
  return printable(lines.join('\n'));
}

function shortLine(line: string): string {
  const cut = line.length - MAX_LINE;
  return cut <= 0 ? line : `${line.slice(0, MAX_LINE)} … ${cut} more characters, see the download`;
}

/** What a terminal would show of a line that goes back to its beginning by `\r`. */
function lastDrawing(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}

/** One line of a log, for the page. */
export interface LogLine {
  readonly number: number;
  readonly text: string;
}

/** Splits a piece of a log into numbered lines; a last line without its end counts. */
export function logLines(text: string, firstNumber: number): LogLine[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => ({ number: firstNumber + index, text: cleanLog(line) }));
}
