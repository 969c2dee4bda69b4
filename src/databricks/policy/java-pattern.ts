/** How a pattern of a policy is read here. */
export interface JavaPattern {
  /** Matches whole values; absent when the pattern is broken, or when only Java can judge it. */
  readonly regex?: RegExp;
  /** Why nobody can read it. */
  readonly reason?: string;
}

/** A part of a pattern: how much of it was read, and what it is in JavaScript. */
interface Piece {
  readonly length: number;
  readonly text: string;
}

// Thrown by no reader: a construct of Java that JavaScript has no word for.
const ONLY_JAVA = 'only Java';
const HORIZONTAL = ' \\t\\xA0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000';
const SPACE = '\\t\\n\\v\\f\\r ';

/** Classes of ASCII characters that Java names and JavaScript does not. */
const ASCII_CLASSES: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7F',
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Graph: '!-~',
  Print: ' -~',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1F\\x7F',
  XDigit: '0-9A-Fa-f',
  Space: SPACE,
};
const ESCAPES: Readonly<Record<string, string>> = {
  A: '^',
  z: '$',
  Z: '$',
  a: '\\x07',
  e: '\\x1b',
  h: `[${HORIZONTAL}]`,
  s: `[${SPACE}]`,
  S: `[^${SPACE}]`,
  v: '[\\n\\v\\f\\r\\x85\\u2028\\u2029]',
};
// What JavaScript complains of that Java refuses as well.
const BROKEN = /Unterminated|Unmatched|Invalid group|out of order|at end of pattern/;

/**
 * Reads a regular expression as Java means it, in which the workspace matches policies: `\Q…\E`, `\p{Alpha}`,
 * a leading `(?i)`, escapes of any sign. What has no like in JavaScript is left to the workspace.
 * https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/regex/Pattern.html
 */
export function javaPattern(pattern: string): JavaPattern {
  const [, letters = ''] = /^\(\?([a-zA-Z]+)\)/.exec(pattern) ?? [];
  if (/[^isu]/.test(letters)) return {};
  const body = letters === '' ? pattern : pattern.slice(letters.length + 3);
  const translated = translate(body);
  if (translated === ONLY_JAVA) return {};
  if (typeof translated === 'object') return translated;
  try {
    const flags = `u${letters.replace(/[^is]/g, '')}`;
    new RegExp(translated, flags);
    return { regex: new RegExp(`^(?:${translated})$`, flags) };
  } catch (error) {
    const reason = (error as Error).message.replace(/^.*: /s, '');
    return BROKEN.test(reason) ? { reason: reason.toLowerCase() } : {};
  }
}

function translate(pattern: string): string | JavaPattern {
  let text = '';
  for (let index = 0; index < pattern.length; ) {
    const piece = readPiece(pattern, index);
    if (piece === ONLY_JAVA || 'reason' in (piece as object)) return piece as string | JavaPattern;
    text += (piece as Piece).text;
    index += (piece as Piece).length;
  }
  return text;
}

type Reading = Piece | typeof ONLY_JAVA | JavaPattern;

function readPiece(pattern: string, index: number): Reading {
  const rest = pattern.slice(index);
  const [character = ''] = rest;
  if (character === '\\') return readEscape(rest);
  if (character === '[') return readClass(rest);
  if (/^[*+?}]\+/.test(rest) && !/^\}/.test(rest)) return ONLY_JAVA;
  if (/^\(\?>/.test(rest) || /^\(\?[a-zA-Z-]+[:)]/.test(rest)) return ONLY_JAVA;
  const [group] = /^\(\?(:|=|!|<=|<!|<[a-zA-Z][a-zA-Z0-9]*>)/.exec(rest) ?? [];
  if (group !== undefined) return { length: group.length, text: group };
  if (character === '{') return readRepetition(rest, index);
  if (character === '}' || character === ']') return { length: 1, text: `\\${character}` };
  if (/[*+?]/.test(character) && /(^|[^\\][(|]|^[(|])$/.test(pattern.slice(0, index)))
    return { reason: `dangling ${character}` };
  return { length: character.length, text: character };
}

function readRepetition(rest: string, index: number): Reading {
  const [whole] = /^\{\d+(,\d*)?\}/.exec(rest) ?? [];
  if (whole === undefined || index === 0) return { reason: 'a { that is no repetition' };
  return rest[whole.length] === '+' ? ONLY_JAVA : { length: whole.length, text: whole };
}

/** An escape outside of a class. */
function readEscape(rest: string): Reading {
  const character = rest.slice(1).match(/^./su)?.[0];
  if (character === undefined) return { reason: '\\ at end of pattern' };
  if (character === 'Q') return readQuote(rest);
  const known = ESCAPES[character];
  if (known !== undefined) return { length: 2, text: known };
  if (character === 'p' || character === 'P') return readProperty(rest, true);
  return readPlainEscape(rest, character);
}

/** Escapes that mean the same inside and outside of a class. */
function readPlainEscape(rest: string, character: string): Reading {
  const [code] = /^\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|x\{[0-9a-fA-F]{1,6}\})/.exec(rest) ?? [];
  if (code !== undefined) return { length: code.length, text: code.replace('\\x{', '\\u{') };
  if (/[dDwWbBtnrf]/.test(character)) return { length: 2, text: `\\${character}` };
  if (/[1-9kHVRXNGc0]/.test(character)) return ONLY_JAVA;
  if (/[a-zA-Z]/.test(character)) return { reason: `\\${character} is no escape` };
  const text = /[$()*+./?[\\\]^{|}]/.test(character) ? `\\${character}` : character;
  return { length: 1 + character.length, text };
}

function readQuote(rest: string): Piece {
  const end = rest.indexOf('\\E');
  const quoted = rest.slice(2, end < 0 ? undefined : end);
  return {
    length: quoted.length + (end < 0 ? 2 : 4),
    text: quoted.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&'),
  };
}

/** `\p{Alpha}` (ASCII), or a Unicode category by its one or two letters. */
function readProperty(rest: string, outside: boolean): Reading {
  const found = /^\\[pP](?:\{(\w+)\}|([A-Z]))/.exec(rest);
  if (found === null) return ONLY_JAVA;
  const [whole, braced, single] = found;
  const name = braced ?? single ?? '';
  const ascii = ASCII_CLASSES[name];
  const negated = rest[1] === 'P';
  if (ascii === undefined)
    return /^[A-Z][a-z]?$/.test(name) ? { length: whole.length, text: `\\${rest[1]}{${name}}` } : ONLY_JAVA;
  if (!outside) return negated ? ONLY_JAVA : { length: whole.length, text: ascii };
  return { length: whole.length, text: `[${negated ? '^' : ''}${ascii}]` };
}

/** A class without classes inside of it: unions and intersections are Java's own. */
function readClass(rest: string): Reading {
  let index = rest.startsWith('[^') ? 2 : 1;
  let text = rest.slice(0, index);
  if (rest[index] === ']') return ONLY_JAVA;
  let afterSet = false;
  while (index < rest.length) {
    const character = rest.slice(index).match(/^./su)?.[0] ?? '';
    if (character === ']') return { length: index + 1, text: `${text}]` };
    if (character === '[' || rest.startsWith('&&', index)) return ONLY_JAVA;
    if (character === '\\') {
      const piece = readClassEscape(rest.slice(index));
      if (piece === ONLY_JAVA || !('length' in (piece as object))) return piece;
      const { length, text: escaped } = piece as Piece;
      afterSet = /^\\[dDwWpPsSh]/.test(rest.slice(index));
      text += escaped;
      index += length;
      continue;
    }
    const beforeSet = /^-\\[dDwWpPsSh]/.test(rest.slice(index));
    if (beforeSet && !afterSet && text.length > 1 + Number(text[1] === '^'))
      return { reason: 'illegal range' };
    text += character === '-' && (afterSet || beforeSet) ? '\\-' : character;
    afterSet = false;
    index += character.length;
  }
  return { reason: 'unterminated character class' };
}

function readClassEscape(rest: string): Reading {
  const character = rest.slice(1).match(/^./su)?.[0];
  if (character === undefined) return { reason: '\\ at end of pattern' };
  if (character === 's') return { length: 2, text: SPACE };
  if (character === 'h') return { length: 2, text: HORIZONTAL };
  if (character === 'p' || character === 'P') return readProperty(rest, false);
  if (character === '-') return { length: 2, text: '\\-' };
  if (/[QSAzZaeEvbB]/.test(character)) return ONLY_JAVA;
  return readPlainEscape(rest, character);
}
