import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { danglingLink, refusalOfFile } from '../core/file-trouble.ts';
import { shownPath } from '../core/nearest-file.ts';
import type { Problem } from '../core/problems.ts';

const TYPESCRIPT = '.dag.ts';
const YAML = ['.dag.yaml', '.dag.yml'];

/** DAG files by their absolute paths, and paths that lead to none. */
export interface FoundFiles {
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
}

/** Finds the DAG files of paths, each once: files themselves, and those in folders and their subfolders. */
export async function findDagFiles(paths: readonly string[], cwd: string): Promise<FoundFiles> {
  const shown = (path: string): string => shownPath(path, cwd);
  const found = await Promise.all(paths.map((path) => findFiles(resolve(cwd, path), shown)));
  return {
    files: [...new Set(found.flatMap(({ files }) => files))],
    problems: found.flatMap(({ problems }) => problems),
  };
}

/** Whether a DAG file is a program, which may read other files. */
export function isTypeScript(file: string): boolean {
  return file.endsWith(TYPESCRIPT);
}

/** DAG files of a path: the file itself, or those below a folder in the order of their names. */
async function findFiles(path: string, shown: (path: string) => string): Promise<FoundFiles> {
  const entry = await stat(path).catch((error: unknown) => refusalOfFile(error) ?? 'it cannot be read');
  const refuse = (message: string): FoundFiles => ({ files: [], problems: [{ file: shown(path), message }] });
  if (typeof entry === 'string')
    return refuse(danglingLink(path) ?? `${entry.charAt(0).toUpperCase()}${entry.slice(1)}.`);
  if (entry.isDirectory()) return filesBelow(path, shown);
  return isDagFile(path)
    ? { files: [path], problems: [] }
    : refuse(`This is no DAG file: its name must end in ${[TYPESCRIPT, ...YAML].join(', ')}.`);
}

async function filesBelow(folder: string, shown: (path: string) => string): Promise<FoundFiles> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(refusalOrThrow);
  if (typeof entries === 'string') {
    const message = `The folder cannot be read: ${entries}.`;
    return { files: [], problems: [{ file: shown(folder), message }] };
  }
  const visible = entries
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const found = await Promise.all(
    visible.map(async (entry): Promise<FoundFiles> => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path, shown);
      return { files: isDagFile(path) ? [path] : [], problems: [] };
    }),
  );
  return {
    files: found.flatMap(({ files }) => files),
    problems: found.flatMap(({ problems }) => problems),
  };
}

function refusalOrThrow(error: unknown): string {
  const refusal = refusalOfFile(error);
  if (refusal === undefined) throw error;
  return refusal;
}

function isDagFile(path: string): boolean {
  return [TYPESCRIPT, ...YAML].some((ending) => path.endsWith(ending));
}
