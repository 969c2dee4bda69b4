import { stripVTControlCharacters } from 'node:util';

const PICTURES = 0x2400;
const DELETE = 0x7f;
const REPLACEMENT = '\ufffd';
// Controls, what hides or turns text, halves of characters, line ends, and blanks that only look like the ordinary one.
const DECEIVING = /(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Makes a text of unknown origin fit to be shown: no terminal sequences, other control characters as their pictures
 * (U+2400…), direction overrides as U+FFFD. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/(?![\n\t])\p{Cc}/gu, picture)
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, REPLACEMENT);
}

/**
 * As {@link printable} for what has to stay in one line and be told apart: names of branches, of files, of people,
 * values of variables. Whatever moves the cursor, turns, hides or only looks like something else is shown as its
 * code point, `<U+202E>`, so that two names that differ also look different.
 */
export function printableLine(text: string): string {
  return text.replace(DECEIVING, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === DELETE) return '\u2421';
  return code < 0x20 ? String.fromCodePoint(PICTURES + code) : REPLACEMENT;
}
