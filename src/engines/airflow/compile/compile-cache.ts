import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import writeFileAtomic from 'write-file-atomic';
import { codeMark } from './code-mark.ts';
import type { CompiledFile } from './compile-yaml.ts';

/** What earlier compiles came to, by the hash of the DAG file. */
export type CompileCache = ReadonlyMap<string, CompiledFile>;

/** The first line of the cache's file; the compiled DAGs stand below it, in the same order. */
interface Head {
  readonly code: string;
  /** Of everything below the first line: a file that was cut short or damaged is no cache. */
  readonly crc32: number;
  readonly files: readonly {
    readonly key: string;
    /** Ids of its DAGs, how many bytes each takes, and its hash. */
    readonly dags: readonly (readonly [dagId: string, bytes: number, sha256: string])[];
    readonly docs: CompiledFile['docs'];
  }[];
}

const NEW_LINE = 0x0a;

/** Reads the cache; empty when there is none, when it is damaged, or when other code wrote it. */
export function readCache(file: string): CompileCache {
  try {
    const bytes = readFileSync(file);
    const end = bytes.indexOf(NEW_LINE);
    const head = JSON.parse(bytes.toString('utf8', 0, end)) as Head;
    const body = bytes.subarray(end + 1);
    return head.code === codeMark() && head.crc32 === crc32(body) ? entriesOf(head, body) : new Map();
  } catch {
    return new Map();
  }
}

function entriesOf({ files }: Head, body: Buffer): CompileCache {
  const entries = new Map<string, CompiledFile>();
  let offset = 0;
  for (const { key, dags, docs } of files) {
    const lines = dags.map(([dagId, bytes, sha256]) => {
      const line = body.toString('utf8', offset, offset + bytes);
      offset += bytes;
      return { dagId, line, sha256 };
    });
    entries.set(key, { dags: lines, docs });
  }
  return entries;
}

/**
 * Writes what this compile came to, and of what was there before as much again: whoever compares two branches needs
 * both. A disk that refuses it costs only time.
 */
export async function writeCache(file: string, used: CompileCache, before: CompileCache): Promise<void> {
  const others = [...before].filter(([key]) => !used.has(key)).slice(0, used.size);
  const entries = new Map([...used, ...others]);
  const body = Buffer.from(
    [...entries.values()].flatMap(({ dags }) => dags.map(({ line }) => line)).join(''),
  );
  const files = [...entries].map(([key, { dags, docs }]) => ({
    key,
    dags: dags.map(({ dagId, line, sha256 }) => [dagId, Buffer.byteLength(line), sha256] as const),
    docs,
  }));
  const head: Head = { code: codeMark(), crc32: crc32(body), files };
  try {
    mkdirSync(dirname(file), { recursive: true });
    await writeFileAtomic(file, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]), {
      fsync: false,
    });
  } catch {
    // The next compile reads every file again.
  }
}
