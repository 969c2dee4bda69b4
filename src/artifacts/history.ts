import pMap from 'p-map';
import { RemoteError } from '../core/errors.ts';
import { historyKey, historyPrefix, type PointerOwner, parseHistoryKey, pointerKey } from './keys.ts';
import type { Pointer } from './manifest.ts';
import { readPointer, type StoredRecord } from './record.ts';
import type { ArtifactStore } from './store.ts';

/** One of the pointers that stood as `latest`. */
interface HistoryEntry {
  /** Counts from 1 in the order of time. */
  readonly sequence: number;
  readonly pointer: Pointer;
}

/** What stood as `latest`, the newest first: what stands there is the first entry. */
export interface History {
  readonly entries: readonly HistoryEntry[];
  /** Of all entries, also those beyond the limit. */
  readonly total: number;
}

const CONCURRENCY = 16;
const MAX_PROBES = 1000;

/**
 * Keeps a pointer that is about to be displaced, byte for byte, and answers its number in the history. Whoever races
 * for the swap writes the same bytes, so that all get the same number. A number that another pointer holds (somebody
 * restored or removed `latest.json` by hand) is passed over; nothing is ever overwritten.
 */
export async function archivePointer(
  store: ArtifactStore,
  owner: PointerOwner,
  displaced: StoredRecord<Pointer>,
  signal?: AbortSignal,
): Promise<number> {
  const first = displaced.value.sequence ?? 1;
  for (let sequence = first; sequence < first + MAX_PROBES; sequence += 1) {
    const key = historyKey(owner, sequence);
    if ((await store.create(key, displaced.bytes, signal)) === 'written') return sequence;
    const found = await store.read(key, signal);
    if (found !== undefined && Buffer.compare(found.bytes, displaced.bytes) === 0) return sequence;
  }
  throw new RemoteError('Cannot keep what latest was: its history holds other entries under these numbers.', {
    code: 'HERMES_HISTORY_TAKEN',
    facts: { store: store.url, key: historyKey(owner, first), tried: MAX_PROBES },
    nextStep: 'Somebody changed latest.json by hand: restore the version of it that was written last.',
  });
}

/**
 * Reads where `latest` stood, the newest first.
 * @param limit at most so many entries are read
 * @throws RemoteError (`HERMES_STORE_DAMAGED`) when an entry is not what Hermes wrote
 */
export async function readHistory(
  store: ArtifactStore,
  owner: PointerOwner,
  limit: number,
  signal?: AbortSignal,
): Promise<History> {
  // The pointer first: what the history gains meanwhile is cut off below, so that both are of one instant.
  const current = await readPointer(store, pointerKey(owner), signal);
  const keys: string[] = [];
  for await (const { key } of store.list(historyPrefix(owner), signal)) {
    if (parseHistoryKey(key) !== undefined) keys.push(key);
  }
  const tail = keys.slice(-(limit + 1));
  const options = { concurrency: CONCURRENCY, signal };
  const read = await pMap(
    tail,
    async (key) => ({ key, record: await readPointer(store, key, signal) }),
    options,
  );
  const cut = read.findIndex(({ record }) => record?.sha256 === current?.sha256);
  const archived = read.slice(0, cut < 0 ? read.length : cut).flatMap(({ key, record }) => {
    const sequence = parseHistoryKey(key);
    return record === undefined || sequence === undefined ? [] : [{ sequence, pointer: record.value }];
  });
  const last = archived.at(-1)?.sequence ?? 0;
  const standing = current === undefined ? [] : [{ sequence: last + 1, pointer: current.value }];
  const skipped = cut < 0 ? 0 : read.length - cut;
  return {
    entries: [...archived, ...standing].reverse().slice(0, limit),
    total: keys.length - skipped + standing.length,
  };
}
