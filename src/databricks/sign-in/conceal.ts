const MASK = '[redacted]';

const NAMED: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

/**
 * A function that masks secrets in a text of the other end, however a server repeats what it was sent: each character
 * as it is or escaped as JSON, URLs or HTML have it, and the whole in Base64.
 * @param secrets Empty ones are left out.
 */
export function concealer(secrets: readonly string[]): (text: string) => string {
  const patterns = [...new Set(secrets)]
    .filter((secret) => secret !== '')
    // The longest first: a secret that holds another must go whole.
    .toSorted((a, b) => b.length - a.length)
    .flatMap((secret) => [patternOf(secret), base64(secret, 'base64'), base64(secret, 'base64url')])
    .map((pattern) => new RegExp(pattern, 'gu'));
  return (text) => patterns.reduce((masked, pattern) => masked.replace(pattern, MASK), text);
}

function base64(secret: string, alphabet: 'base64' | 'base64url'): string {
  return `${patternOf(Buffer.from(secret).toString(alphabet).replace(/=+$/, ''))}={0,2}`;
}

/** Repetitions are bounded everywhere: a hostile text must not keep the matching busy. */
function patternOf(secret: string): string {
  const parts = secret.match(/\\+|[^\\]/gu) ?? [];
  return parts.map((part) => (part.startsWith('\\') ? backslashes(part.length) : escapesOf(part))).join('');
}

/** Escaping doubles them, and doubles them again. */
function backslashes(count: number): string {
  return `(?:\\\\|%5[cC]|&#92;|&#[xX]5[cC];){1,${4 * count}}`;
}

/** A pattern for one character in every form. */
function escapesOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = [...code.toString(16).padStart(2, '0')]
    .map((digit) => `[${digit}${digit.toUpperCase()}]`)
    .join('');
  const raw = /\w/.test(character) ? character : `\\\\{0,4}\\u{${code.toString(16)}}`;
  const url = encodeURIComponent(character).replace(/[A-F]/g, (digit) => `[${digit}${digit.toLowerCase()}]`);
  const named = NAMED[character] === undefined ? '' : `|&${NAMED[character]};`;
  const plus = character === ' ' ? '|\\+' : '';
  const percent = url.startsWith('%') ? `|${url}` : `|%${hex}`;
  return `(?:${raw}${percent}|\\\\{1,4}u0{0,4}${hex}|&#0{0,4}${code};|&#[xX]0{0,4}${hex};${named}${plus})`;
}
