import { createHash } from 'node:crypto';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { checkKey } from '../../src/artifacts/store-key.ts';

/** A store in memory. `beforeWrite` may throw: a full disk, a process that dies. */
export function memoryStore(url = 's3://fake', beforeWrite: (key: string) => void = () => {}): ArtifactStore {
  const objects = new Map<string, Uint8Array>();
  const etag = (bytes: Uint8Array | undefined): string | undefined =>
    bytes && createHash('sha256').update(bytes).digest('hex');
  const write = (key: string, bytes: Uint8Array, expected: string | undefined, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    checkKey(key);
    if (etag(objects.get(key)) !== expected) return 'conflict';
    beforeWrite(key);
    objects.set(key, Uint8Array.from(bytes));
    return 'written';
  };
  return {
    url,
    read: async (key) => {
      checkKey(key);
      const bytes = objects.get(key);
      return bytes && { bytes, etag: etag(bytes) ?? '' };
    },
    create: async (key, bytes, signal) => write(key, bytes, undefined, signal),
    replace: async (key, bytes, expected, signal) => write(key, bytes, expected, signal),
    async *list(prefix) {
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix));
      for (const key of keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
        yield { key, bytes: objects.get(key)?.length ?? 0, modifiedAt: new Date() };
      }
    },
    remove: async (key) => {
      objects.delete(key);
    },
  };
}
