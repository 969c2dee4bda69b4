import { closeSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { makeFolder } from '../../../core/make-folder.ts';
import type { CompiledFile } from './compile-yaml.ts';
import { type PackedFile, packedFile, unpackFiles } from './packed-files.ts';

/** What earlier compiles came to, by the hash of the DAG file. */
export type CompileCache = ReadonlyMap<string, CompiledFile>;

/** The first line of the cache's file; the compiled DAGs stand below it, in the same order. */
interface Head {
  readonly code: string;
  /** Of everything below the first line: a file that was cut short or damaged is no cache. */
  readonly crc32: number;
  readonly keys: readonly string[];
  readonly files: readonly PackedFile[];
}

const NEW_LINE = 0x0a;

/**
 * Reads the cache; empty when there is none, when it is damaged, or when other code wrote it.
 * @param mark That of the code which compiles, see `codeMark`.
 */
export function readCache(file: string, mark: string): CompileCache {
  try {
    const bytes = readFileSync(file);
    const end = bytes.indexOf(NEW_LINE);
    const { code, crc32: sum, keys, files } = JSON.parse(bytes.toString('utf8', 0, end)) as Head;
    const body = bytes.subarray(end + 1);
    if (code !== mark || sum !== crc32(body)) return new Map();
    const unpacked = unpackFiles({ files, body });
    return new Map(keys.map((key, index) => [key, unpacked[index] ?? { dags: [], docs: [] }]));
  } catch {
    return new Map();
  }
}

/**
 * Writes what this compile came to, and of what was there before as much again: whoever compares two branches needs
 * both. A disk that refuses it costs only time.
 */
export function writeCache(file: string, mark: string, used: CompileCache, before: CompileCache): void {
  const others = [...before].filter(([key]) => !used.has(key)).slice(0, used.size);
  const entries = new Map([...used, ...others]);
  let sum = 0;
  const files = [...entries.values()].map((entry) => {
    for (const { line } of entry.dags) sum = crc32(line, sum);
    return packedFile(entry);
  });
  const head: Head = { code: mark, crc32: sum, keys: [...entries.keys()], files };
  const temporary = `${file}.${process.pid}`;
  try {
    makeFolder(dirname(file));
    const target = openSync(temporary, 'w');
    writeFileSync(target, `${JSON.stringify(head)}\n`);
    for (const { dags } of entries.values()) writeFileSync(target, dags.map(({ line }) => line).join(''));
    closeSync(target);
    // Whoever reads meanwhile finds the old cache, whole.
    renameSync(temporary, file);
  } catch {
    // The next compile reads every file again.
  }
}
