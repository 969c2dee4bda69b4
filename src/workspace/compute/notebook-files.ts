import { posix } from 'node:path';
import type { TaskLibrary } from '../jobs/task-work.ts';
import type { FileReader, Unread } from './file-reader.ts';

/** A notebook with all that it reaches by `%run`, and the packages that they ask for by `%pip install`. */
export interface NotebookFiles {
  /** As tracebacks name it: without `.py`. */
  readonly path: string;
  /** Path → source, the notebook's own first. */
  readonly sources: ReadonlyMap<string, Buffer>;
  readonly libraries: readonly TaskLibrary[];
}

export interface UnreadNotebook extends Unread {
  readonly path: string;
}

const SCALA = 'it is a notebook of Scala; notebooks of Python and SQL are run here.';
const MAXIMUM_NOTEBOOKS = 200;
const RUN = /^(?:#|--) MAGIC\s+%run\s+(?:"([^"\n]+)"|'([^'\n]+)'|(\S+))/gm;
const PIP = /^(?:#|--) MAGIC\s+%pip\s+(.*)$/gm;
/** Options of pip that say nothing about what is installed here, where every environment is fresh. */
const IDLE_OPTIONS = new Set(['-q', '-U', '--quiet', '--upgrade', '--no-cache-dir', '--force-reinstall']);

/** Reads a notebook and those that it runs, each once. A notebook that is only reached by `%run` may be missing: its cell fails. */
export async function readNotebook(path: string, read: FileReader): Promise<NotebookFiles | UnreadNotebook> {
  const start = withoutEnding(path);
  const sources = new Map<string, Buffer>();
  const libraries: TaskLibrary[] = [];
  const wanted = [start];
  for (const next of wanted) {
    if (sources.has(next) || sources.size === MAXIMUM_NOTEBOOKS) continue;
    const file = await readEither(next, read);
    if ('missing' in file) {
      if (next === start) return { ...file, path };
      continue;
    }
    sources.set(next, file.bytes);
    const text = file.bytes.toString('utf8').replaceAll('\r\n', '\n');
    const asked = isScala(text) ? { reason: SCALA } : pipLibraries(text);
    if ('reason' in asked) return { path: next, missing: false, reason: asked.reason };
    libraries.push(...asked.libraries);
    for (const [, double, single, bare] of text.matchAll(RUN))
      wanted.push(
        withoutEnding(posix.join(posix.dirname(next), relative(double ?? single ?? bare ?? '', next))),
      );
  }
  return { path: start, sources, libraries };
}

/** A target of `%run` so that it can be joined to the folder of the notebook that names it. */
function relative(target: string, from: string): string {
  return target.startsWith('/') ? posix.relative(posix.dirname(from), target) : target;
}

async function readEither(path: string, read: FileReader): ReturnType<FileReader> {
  const plain = await read(path);
  if (!('missing' in plain)) return plain;
  const source = await read(`${path}.py`);
  return 'missing' in source && !source.missing ? source : 'missing' in source ? plain : source;
}

/** Source of Scala is known by the comment of its first line; that of R looks like Python's, see `readStoredFile`. */
function isScala(text: string): boolean {
  return /^\uFEFF?\/\/ Databricks notebook source/.test(text);
}

function withoutEnding(path: string): string {
  return path.endsWith('.py') ? path.slice(0, -3) : path;
}

function pipLibraries(text: string): { libraries: TaskLibrary[] } | { reason: string } {
  const libraries: TaskLibrary[] = [];
  for (const [, command = ''] of text.matchAll(PIP)) {
    const [verb, ...words] = (command.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map(unquoted);
    const packages = words.filter((word) => !IDLE_OPTIONS.has(word));
    const strange = packages.find(
      (word) => !/^[A-Za-z0-9][^\n\r]*$/.test(word) || /^[a-z+]+:\/\//i.test(word),
    );
    if (verb !== 'install' || strange !== undefined || packages.length === 0)
      return {
        reason: `its %pip ${command.trim()} is not supported: only %pip install with names of packages is.`,
      };
    libraries.push(...packages.map((requirement) => ({ kind: 'pypi' as const, requirement })));
  }
  return { libraries };
}

function unquoted(word: string): string {
  return /^(["']).*\1$/.test(word) ? word.slice(1, -1) : word;
}
