import type { CompiledFile } from './compile-yaml.ts';

/** What DAG files came to, as bytes that threads and disks take as they are; `undefined` is a file with mistakes. */
export interface PackedFiles {
  readonly files: readonly (PackedFile | undefined)[];
  /** The lines of all DAGs, one behind the other. */
  readonly body: Uint8Array;
}

export interface PackedFile {
  /** Its DAGs: id, bytes in the body, hash of the line. */
  readonly dags: readonly (readonly [dagId: string, bytes: number, sha256: string])[];
  readonly docs: CompiledFile['docs'];
}

/** The body has memory of its own, so that it can be handed to another thread. */
export function packFiles(files: readonly (CompiledFile | undefined)[]): PackedFiles {
  const lines = files.flatMap((file) => file?.dags.map(({ line }) => Buffer.from(line)) ?? []);
  const body = Buffer.allocUnsafeSlow(lines.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const line of lines) offset += line.copy(body, offset);
  return { files: files.map((file) => (file === undefined ? undefined : packedFile(file))), body };
}

/** What is said of a file beside its lines. */
export function packedFile({ dags, docs }: CompiledFile): PackedFile {
  return {
    dags: dags.map(({ dagId, line, sha256 }) => [dagId, Buffer.byteLength(line), sha256]),
    docs,
  };
}

/** The same files. A line is read from the bytes whenever it is asked for: ten thousand of them stay out of the heap. */
export function unpackFiles({ files, body }: PackedFiles): (CompiledFile | undefined)[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let offset = 0;
  return files.map((file) => {
    if (file === undefined) return undefined;
    const dags = file.dags.map(([dagId, length, sha256]) => {
      const start = offset;
      offset += length;
      return {
        dagId,
        sha256,
        get line() {
          return bytes.toString('utf8', start, start + length);
        },
      };
    });
    return { dags, docs: file.docs };
  });
}
