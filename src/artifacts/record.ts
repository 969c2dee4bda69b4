import type { z } from 'zod';
import { HermesError, RemoteError } from '../core/errors.ts';
import { sha256Hex } from '../core/sha256.ts';
import { type Manifest, manifestSchema, type Pointer, pointerSchema } from './manifest.ts';
import type { ArtifactStore } from './store.ts';

const DAMAGED = 'HERMES_STORE_DAMAGED';

/** A record of the store, with what is needed to replace or to check it. */
export interface StoredRecord<T> {
  readonly value: T;
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly sha256: string;
}

/**
 * The manifest under a key, or undefined when that version does not exist.
 * @throws RemoteError (`HERMES_STORE_DAMAGED`) when something else lies there
 */
export function readManifest(
  store: ArtifactStore,
  key: string,
  signal?: AbortSignal,
): Promise<StoredRecord<Manifest> | undefined> {
  return readRecord(store, key, manifestSchema, signal);
}

/** A `latest.json`, or undefined when nothing was published. @throws as {@link readManifest} */
export function readPointer(
  store: ArtifactStore,
  key: string,
  signal?: AbortSignal,
): Promise<StoredRecord<Pointer> | undefined> {
  return readRecord(store, key, pointerSchema, signal);
}

/** What is read, or `otherwise` where somebody changed it; a store that cannot be read stays an error. */
export async function unlessDamaged<T, const Otherwise>(
  reading: Promise<T>,
  otherwise: Otherwise,
): Promise<T | Otherwise> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof HermesError && error.code === DAMAGED) return otherwise;
    throw error;
  }
}

/** How a record is written: readable, the same bytes for the same value. */
export function encodeRecord(value: Manifest | Pointer): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

async function readRecord<T>(
  store: ArtifactStore,
  key: string,
  schema: z.ZodType<T>,
  signal?: AbortSignal,
): Promise<StoredRecord<T> | undefined> {
  const found = await store.read(key, signal);
  if (found === undefined) return undefined;
  try {
    const value = schema.parse(JSON.parse(Buffer.from(found.bytes).toString('utf8')));
    return { value, ...found, sha256: sha256Hex(found.bytes) };
  } catch (cause) {
    throw new RemoteError('Cannot read a record of the artifact store: it is not what Hermes wrote.', {
      code: DAMAGED,
      facts: { store: store.url, key },
      nextStep: 'Restore the file, or ask the owner of the store who changed it.',
      cause,
    });
  }
}
