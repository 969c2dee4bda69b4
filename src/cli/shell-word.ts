import { printableLine } from '../core/printable.ts';

/**
 * A text as one word that a person can copy into bash or zsh: names of branches may hold `$(…)`, quotes, and signs that
 * a terminal hides or obeys. Those are written as their bytes.
 */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (printableLine(text) === text) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = [...text].map((character) => {
    if (/[\\']/.test(character)) return `\\${character}`;
    return printableLine(character) === character ? character : bytesOf(character);
  });
  return `$'${escaped.join('')}'`;
}

function bytesOf(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
