import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type Clock, systemClock } from '../core/clock.ts';
import { HermesError } from '../core/errors.ts';
import type { Problem } from '../core/problems.ts';
import { didYouMean } from '../core/suggest.ts';
import { type Place, pathOf } from './place.ts';
import { runGuarded } from './run-guarded.ts';

const PACKAGE = 'hermes-data-products';
const MARK = 'hermes-load';
const ownIndex = new URL(import.meta.url.endsWith('.ts') ? '../index.ts' : '../index.js', import.meta.url)
  .href;

let loads = 0;
let isHooked = false;

/** What a user's module exports by default, or why it cannot be loaded. */
export type LoadedModule =
  | { readonly exported: unknown; readonly problem?: never }
  | { readonly problem: Problem };

/**
 * Loads a TypeScript file of a user, which runs it. The import of `hermes-data-products` is this very package, files
 * beside it are TypeScript modules whatever their folder says, and each load sees the files as they are on disk.
 * `shown` turns absolute paths into what the user would type.
 */
export async function loadModule(
  path: string,
  shown: (path: string) => string,
  clock: Clock = systemClock,
): Promise<LoadedModule> {
  hookResolution();
  const url = pathToFileURL(path);
  url.searchParams.set(MARK, String(++loads));
  try {
    const module: { readonly default?: unknown } = await runGuarded(() => import(url.href), clock);
    return { exported: module.default };
  } catch (error) {
    const hint = await missingExport(error);
    const problem = loadProblem(error, path, shown);
    return { problem: hint === undefined ? problem : { ...problem, hint } };
  }
}

/** One hook for the process: it acts only on the package's own name and on files of a DAG's load. */
function hookResolution(): void {
  if (isHooked) return;
  isHooked = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === PACKAGE && markOf(context.parentURL) !== undefined)
        return { url: ownIndex, shortCircuit: true };
      const resolved = next(specifier, context);
      const mark = markOf(specifier) ?? markOf(context.parentURL);
      const isOwn = resolved.url.startsWith('file:') && !resolved.url.includes('/node_modules/');
      if (mark === undefined || !isOwn) return resolved;
      const url = new URL(resolved.url);
      url.searchParams.set(MARK, mark);
      const format = /\.m?ts$/.test(url.pathname) ? { format: 'module-typescript' } : {};
      return { ...resolved, ...format, url: url.href };
    },
  });
}

function markOf(url: string | undefined): string | undefined {
  return url?.includes(`${MARK}=`) === true ? (new URL(url).searchParams.get(MARK) ?? undefined) : undefined;
}

function loadProblem(error: unknown, path: string, shown: (path: string) => string): Problem {
  const message = error instanceof HermesError ? error.message : loadMessage(error);
  const place = error instanceof Error ? placeOf(error, path) : undefined;
  return place === undefined
    ? { file: shown(path), message }
    : { file: shown(place.file), line: place.line, column: place.column, message };
}

function loadMessage(error: unknown): string {
  return `The file cannot be loaded: ${reasonOf(error)}`;
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const [reason = ''] = text.replaceAll(/\?hermes-load=\d+/g, '').split('\n');
  return reason.replace(/[.!?]?$/, '.');
}

/** The problem of a DAG file whose timer or promise fails after the file was loaded; undefined for any other error. */
export function problemOfStray(error: unknown, shown: (path: string) => string): Problem | undefined {
  const place = error instanceof Error ? ownPlace(error) : undefined;
  if (place === undefined) return undefined;
  const message = `What the file left running fails: ${reasonOf(error)}`;
  return { file: shown(place.file), line: place.line, column: place.column, message };
}

/** What the user may have meant by a name that this package does not export, or by zod without an installation. */
async function missingExport(error: unknown): Promise<string | undefined> {
  if (/Cannot find package 'zod'/.test(String(error)))
    return "Write: import { z } from 'hermes-data-products'. It brings zod along.";
  const name = /'hermes-data-products' does not provide an export named '(\w+)'/.exec(String(error))?.[1];
  if (name === undefined) return undefined;
  const names = Object.keys(await import(ownIndex));
  return didYouMean(name, names) ?? `It exports: ${names.join(', ')}.`;
}

/** The topmost place in a stack that lies in the user's own files; for a syntax error, the one named before it. */
function placeOf(error: Error, path: string): Place | undefined {
  return ownPlace(error) ?? missingImport(error, path);
}

function ownPlace(error: Error): Place | undefined {
  const stack = error.stack ?? '';
  for (const [, name = '', line = '1', column = '1'] of stack.matchAll(
    /(file:\/\/[^\s)]+?):(\d+)(?::(\d+))?/g,
  )) {
    const file = name.includes(`${MARK}=`) ? pathOf(name) : undefined;
    if (file !== undefined) return { file, line: Number(line), column: Number(column) };
  }
  return undefined;
}

/** The line of an import that leads nowhere: the stack of such an error names no place. */
function missingImport(error: Error, path: string): Place | undefined {
  const file = pathOf(/imported from (\S+)/.exec(error.message)?.[1]?.replace(/['"]/g, '') ?? '') ?? path;
  const name = /'([^']+)'/.exec(error.message)?.[1]?.split('/').at(-1);
  if (name === undefined) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes('import') && line.includes(name));
  return index < 0
    ? undefined
    : { file, line: index + 1, column: (lines[index] ?? '').indexOf('import') + 1 };
}
