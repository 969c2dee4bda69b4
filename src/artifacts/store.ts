/** What was read under a key. `etag` changes with every write of the key. */
export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

export interface StoredKey {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

/** What a conditional write met. `conflict`: the key exists, or it is not what `replace` expected. */
export type WriteOutcome = 'written' | 'conflict';

/**
 * A place for artifacts with the guarantees that S3's conditional writes give:
 * a key is created once, or replaced only when it is still what the writer read.
 * Homes: a folder (`folder-store.ts`) and S3. Keys use `/`, never start with it, and hold no `..`.
 */
export interface ArtifactStore {
  /** `file:///folder` or `s3://bucket/prefix`, without a trailing slash. */
  readonly url: string;
  /** The object, or undefined when there is none. */
  read(key: string, signal?: AbortSignal): Promise<StoredObject | undefined>;
  /** Writes a key that must not exist yet; atomic also when the process dies. */
  create(key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<WriteOutcome>;
  /** Replaces a key whose etag must still be `etag`; `undefined` = it must not exist. */
  replace(
    key: string,
    bytes: Uint8Array,
    etag: string | undefined,
    signal?: AbortSignal,
  ): Promise<WriteOutcome>;
  /** Keys under a prefix in the order of their UTF-8 bytes. */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<StoredKey>;
  /** Deletes a key; a missing one is fine. Used for feature builds only. */
  remove(key: string, signal?: AbortSignal): Promise<void>;
}
