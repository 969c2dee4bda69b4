import type { Json } from '../../../core/json.ts';

/** An expression of Python: a text that stands as it is, or brackets around items. */
export type Python = string | PythonGroup;

interface PythonGroup {
  readonly open: string;
  readonly close: string;
  readonly items: readonly { readonly before: string; readonly value: Python }[];
}

/** Width of a line, the default of ruff and Black. */
const WIDTH = 88;
const INDENT = 4;

/** What a literal must spell out: what does not print, or prints as if it stood elsewhere; and lone surrogates. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/** A text as a literal of Python that gives it back, whatever it holds. In double quotes unless single ones need fewer escapes. */
export function pythonText(text: string): string {
  const quote = text.split('"').length > text.split("'").length ? "'" : '"';
  const escaped = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
  return `${quote}${spellOut(escaped)}${quote}`;
}

/** A text of several lines between three quotes, as a person would write documentation. */
export function pythonLines(text: string): string {
  if (!text.includes('\n')) return pythonText(text);
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"""', '\\"\\"\\"').replace(/"$/, '\\"');
  return `"""\\\n${escaped.split('\n').map(spellOut).join('\n')}"""`;
}

function spellOut(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const short = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character];
    if (short !== undefined) return short;
    const code = character.codePointAt(0) ?? 0;
    if (code <= 0xff) return `\\x${hex(code, 2)}`;
    return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
  });
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** A value of JSON as a literal. */
export function pythonLiteral(value: Json): Python {
  if (value === null) return 'None';
  if (typeof value === 'string') return pythonText(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return String(value).replace('e+', 'e');
  if (Array.isArray(value)) return pythonList(value.map(pythonLiteral));
  const items = Object.entries(value).map(([key, item]) => ({
    before: `${pythonText(key)}: `,
    value: pythonLiteral(item),
  }));
  return { open: '{', close: '}', items };
}

export function pythonList(items: readonly Python[]): Python {
  return { open: '[', close: ']', items: items.map((value) => ({ before: '', value })) };
}

/** A call; arguments with an empty name go by their place. */
export function pythonCall(name: string, args: readonly (readonly [name: string, value: Python])[]): Python {
  const items = args.map(([key, value]) => ({ before: key === '' ? '' : `${key}=`, value }));
  return { open: `${name}(`, close: ')', items };
}

/**
 * Writes an expression as ruff and Black would leave it: brackets on one line where that fits, else an item on each line.
 * @param indent Blanks in front of the line that it begins on.
 * @param used Columns of that line that are taken before it.
 * @param after Columns that follow it on its last line.
 */
export function printPython(python: Python, indent: number, used: number, after: number): string {
  const flat = flatten(python);
  if (typeof python === 'string' || (fits(flat, used + after) && !flat.includes('\n'))) return flat;
  const inner = indent + INDENT;
  const lines = python.items.map(({ before, value }) => {
    const text = printPython(value, inner, inner + columns(before), 1);
    return `${' '.repeat(inner)}${before}${text},`;
  });
  return [python.open, ...lines, `${' '.repeat(indent)}${python.close}`].join('\n');
}

function flatten(python: Python): string {
  if (typeof python === 'string') return python;
  return `${python.open}${python.items.map(({ before, value }) => before + flatten(value)).join(', ')}${python.close}`;
}

function fits(flat: string, others: number): boolean {
  return columns(flat) + others <= WIDTH;
}

/** At least as many as any reader of widths counts: a character beyond ASCII may take two. */
function columns(text: string): number {
  return text.length + (text.match(/[^\x20-\x7e]/gu)?.length ?? 0);
}
