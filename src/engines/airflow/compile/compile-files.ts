import { dirname } from 'node:path';
import { shownPath } from '../../../core/nearest-file.ts';
import type { Problem } from '../../../core/problems.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import { findIdClashes } from '../../../dag/check-tags.ts';
import { documentationFile } from '../../../dag/documentation-file.ts';
import { findDagFiles, isTypeScript } from '../../../dag/find-dag-files.ts';
import { findHermesConfig } from '../../../dag/find-hermes-config.ts';
import { codeMark } from './code-mark.ts';
import { type CompileCache, readCache, writeCache } from './compile-cache.ts';
import type { CompiledFile } from './compile-yaml.ts';
import type { CompiledDag } from './plan-build.ts';
import { readBytes } from './read-bytes.ts';

export interface CompileOptions {
  /** Paths are read, and shown, relative to it. */
  readonly cwd: string;
  /** Where to keep what YAML files came to; absent = nothing is kept. */
  readonly cache?: string;
}

/** The DAGs of all files, or every mistake in any of them. */
export interface CompiledFiles {
  readonly dags: readonly CompiledDag[];
  readonly problems: readonly Problem[];
}

/**
 * Compiles DAG files, and those in folders and their subfolders. What a YAML file came to is kept by the hash of its
 * bytes; a file that is a program, or whose tasks may be of a team's own operators, is read anew each time, since it may
 * depend on other files. Whenever something is wrong, everything is loaded anew to say what.
 */
export async function compileFiles(
  paths: readonly string[],
  options: CompileOptions,
): Promise<CompiledFiles> {
  const { files, problems } = await findDagFiles(paths, options.cwd);
  const compiled = problems.length > 0 ? undefined : await compileSound(files, options);
  return compiled === undefined ? compileAnew(paths, options) : { dags: compiled, problems: [] };
}

/** The DAGs of files without mistakes; undefined when one of them has any, or two say something about one id. */
async function compileSound(
  files: readonly string[],
  { cwd, cache }: CompileOptions,
): Promise<readonly CompiledDag[] | undefined> {
  const isKept = keepable(cwd);
  const data = await compileData(files.filter(isKept), cache);
  if (data === undefined) return undefined;
  const compiled = new Map<string, readonly Omit<CompiledDag, 'source'>[]>(data);
  const programs = files.filter((file) => !isKept(file));
  if (programs.length > 0) {
    const loaded = await compileAnew(programs, { cwd });
    if (loaded.problems.length > 0) return undefined;
    const bySource = Map.groupBy(loaded.dags, ({ source }) => source);
    for (const file of programs) compiled.set(file, bySource.get(shownPath(file, cwd)) ?? []);
  }
  const dags = files.flatMap((file) =>
    (compiled.get(file) ?? []).map((dag) => withSource(dag, shownPath(file, cwd))),
  );
  const ids = dags.map(({ dagId }) => dagId);
  const isClear = new Set(ids).size === ids.length && findIdClashes('dag', ids).length === 0;
  return isClear ? dags : undefined;
}

/** Leaves the line where it is until it is asked for. */
function withSource(dag: Omit<CompiledDag, 'source'>, source: string): CompiledDag {
  const { dagId, sha256 } = dag;
  return {
    dagId,
    ...(sha256 === undefined ? {} : { sha256 }),
    source,
    get line() {
      return dag.line;
    },
  };
}

/** Whether a file is data and nothing but Hermes decides what it comes to. */
function keepable(cwd: string): (file: string) => boolean {
  const configs = new Map<string, string | undefined>();
  return (file) => {
    const folder = dirname(file);
    if (!configs.has(folder)) configs.set(folder, findHermesConfig(file, cwd));
    return !isTypeScript(file) && configs.get(folder) === undefined;
  };
}

async function compileData(
  files: readonly string[],
  cacheFile: string | undefined,
): Promise<Map<string, CompiledFile['dags']> | undefined> {
  const mark = cacheFile === undefined ? '' : codeMark();
  const cache: CompileCache = cacheFile === undefined ? new Map() : readCache(cacheFile, mark);
  const kept = new Map<string, CompiledFile>();
  const compiled = new Map<string, CompiledFile['dags']>();
  const missing: { file: string; key: string; text: string }[] = [];
  for (const file of files) {
    const bytes = readBytes(file);
    if (bytes === undefined) return undefined;
    const key = sha256Hex(bytes);
    const found = cache.get(key);
    if (found === undefined || !hasSameDocs(found, file))
      missing.push({ file, key, text: bytes.toString('utf8') });
    else {
      kept.set(key, found);
      compiled.set(file, found.dags);
    }
  }
  if (missing.length > 0) {
    const { compileYamlFiles } = await import('./compile-in-threads.ts');
    for (const [index, result] of (await compileYamlFiles(missing)).entries()) {
      const { file = '', key = '' } = missing[index] ?? {};
      if (result === undefined) return undefined;
      kept.set(key, result);
      compiled.set(file, result.dags);
    }
  }
  if (cacheFile !== undefined && missing.length > 0) writeCache(cacheFile, mark, kept, cache);
  return compiled;
}

function hasSameDocs({ docs }: CompiledFile, file: string): boolean {
  return docs.every(({ doc, sha256 }) => {
    const bytes = readBytes(documentationFile(doc, file) ?? '');
    return bytes !== undefined && sha256Hex(bytes) === sha256;
  });
}

/** Loads every file as `dag check` does. */
async function compileAnew(paths: readonly string[], { cwd }: CompileOptions): Promise<CompiledFiles> {
  const { compileDags } = await import('./compile-dags.ts');
  const { loadDags } = await import('../../../dag/load-dags.ts');
  const { operators } = await import('../../../../operators/registry.ts');
  const { dags, problems } = await loadDags(paths, { operators, cwd });
  return problems.length > 0 ? { dags: [], problems } : { dags: compileDags(dags), problems };
}
