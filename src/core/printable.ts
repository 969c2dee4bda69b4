import { stripVTControlCharacters } from 'node:util';

const PICTURES = 0x2400;
const DELETE = 0x7f;
const REPLACEMENT = '\ufffd';

/**
 * Makes a text of unknown origin fit to be shown: no terminal sequences, other control characters as their pictures
 * (U+2400…), direction overrides as U+FFFD. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/(?![\n\t])\p{Cc}/gu, picture)
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, REPLACEMENT);
}

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === DELETE) return '\u2421';
  return code < 0x20 ? String.fromCodePoint(PICTURES + code) : REPLACEMENT;
}
