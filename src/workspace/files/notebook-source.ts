import { invalidParameter } from '../wire/api-error.ts';

/** How a notebook's source looks in a language: https://docs.databricks.com/notebooks/notebook-export-import */
const languages = {
  PYTHON: { ending: '.py', comment: '#' },
  SQL: { ending: '.sql', comment: '--' },
  SCALA: { ending: '.scala', comment: '//' },
  R: { ending: '.r', comment: '#' },
} as const;
type Language = keyof typeof languages;

const HEADER = 'Databricks notebook source';

/** A file that turned out to be a notebook. */
export interface Notebook {
  readonly language: Language;
  /** Its path without the ending. */
  readonly path: string;
}

/** The notebook that a file is, by ending and first line; undefined for a plain file. */
export function notebookIn(path: string, content: Uint8Array): Notebook | undefined {
  const lower = path.toLowerCase();
  if (lower.endsWith('.ipynb') && isJupyter(content))
    return { language: 'PYTHON', path: path.slice(0, -'.ipynb'.length) };
  for (const [language, { ending, comment }] of Object.entries(languages)) {
    if (lower.endsWith(ending) && firstLine(content) === `${comment} ${HEADER}`)
      return { language: language as Language, path: path.slice(0, -ending.length) };
  }
  return undefined;
}

/** The content of a notebook that was imported as source: with its header line. */
export function notebookSource(language: string, content: Buffer): Buffer {
  const { comment } = languages[parseLanguage(language)];
  const header = `${comment} ${HEADER}`;
  if (firstLine(content) === header || isJupyter(content)) return content;
  return Buffer.concat([Buffer.from(`${header}\n`), content]);
}

/** @throws ApiError for a language that notebooks do not have */
export function parseLanguage(text: string): Language {
  if (text in languages) return text as Language;
  throw invalidParameter(`Language ${text} is not one of ${Object.keys(languages).join(', ')}.`);
}

/** `py`, `sql`, …: the file type of a notebook's source. */
export function fileTypeOf(language: string | null): string {
  return languages[(language ?? 'PYTHON') as Language].ending.slice(1);
}

/** Whether a content is an IPython notebook (https://nbformat.readthedocs.io/en/latest/format_description.html). */
export function isJupyter(content: Uint8Array): boolean {
  return /^\s*\{/.test(text(content.subarray(0, 64))) && cellsOf(content) !== undefined;
}

/** An IPython notebook as Databricks source; another content as it is. */
export function asSource(content: Buffer): Buffer {
  const cells = isJupyter(content) ? cellsOf(content) : undefined;
  if (cells === undefined) return content;
  const parts = cells.map(({ kind, source }) => {
    if (kind !== 'code') return magic(`%md\n${source}`);
    return source.startsWith('%') ? magic(source) : source;
  });
  return Buffer.from(`# ${HEADER}\n${parts.join('\n\n# COMMAND ----------\n\n')}\n`);
}

interface Cell {
  readonly kind: string;
  readonly source: string;
}

function cellsOf(content: Uint8Array): Cell[] | undefined {
  try {
    const notebook: unknown = JSON.parse(text(content));
    if (typeof notebook !== 'object' || notebook === null || !('nbformat' in notebook)) return undefined;
    const cells = 'cells' in notebook && Array.isArray(notebook.cells) ? notebook.cells : [];
    return cells.map((cell) => ({
      kind: String(cell?.cell_type),
      source: Array.isArray(cell?.source) ? cell.source.join('') : String(cell?.source ?? ''),
    }));
  } catch {
    return undefined;
  }
}

function magic(source: string): string {
  return source
    .split('\n')
    .map((line) => `# MAGIC ${line}`.trimEnd())
    .join('\n');
}

function firstLine(content: Uint8Array): string {
  return (text(content.subarray(0, 100)).split('\n', 1)[0] ?? '').replace(/^\uFEFF/, '').trimEnd();
}

function text(content: Uint8Array): string {
  return Buffer.from(content.buffer, content.byteOffset, content.length).toString('utf8');
}
