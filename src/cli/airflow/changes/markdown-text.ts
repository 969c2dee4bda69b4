import { printableLine } from '../../../core/printable.ts';
import { clip } from '../../table.ts';

const LONGEST = 200;

/**
 * A text of unknown origin as a code span: nothing in it is a link, a mention, a tag or the end of a table's cell
 * (https://github.github.com/gfm/#code-spans). Longer ones are cut.
 */
export function codeSpan(text: string): string {
  // A table ends a cell at a bar even inside a code span.
  const shown = clip(printableLine(text), LONGEST).replaceAll('|', '<U+007C>');
  if (shown === '') return '(empty)';
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  // One blank on each side is taken off again, unless there is nothing but blanks.
  const pad = /^[` ]|[` ]$/.test(shown) && shown.trim() !== '' ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** The same where Markdown is not read, as in `<summary>`. */
export function codeElement(text: string): string {
  const shown = clip(printableLine(text), LONGEST);
  return `<code>${shown.replace(/[^A-Za-z0-9 _.-]/gu, (character) => `&#${character.codePointAt(0)};`)}</code>`;
}

/**
 * As many lines as there is room for, and a line that counts the rest.
 * @param room Characters, line ends included.
 */
export function fitLines(lines: readonly string[], room: number, more: (count: number) => string): string[] {
  let used = 0;
  const sizes = lines.map((line) => {
    used += line.length + 1;
    return used;
  });
  if (used <= room) return [...lines];
  const spare = room - more(lines.length).length - 1;
  const kept = sizes.filter((size) => size <= spare).length;
  return [...lines.slice(0, kept), more(lines.length - kept)];
}
