import { type Clock, systemClock } from '../core/clock.ts';
import { RemoteError } from '../core/errors.ts';
import { compareVersions, parseVersion } from '../core/pep440.ts';
import { archivePointer } from './history.ts';
import { type PointerOwner, pointerKey } from './keys.ts';
import type { Pointer } from './manifest.ts';
import { encodeRecord, readPointer, type StoredRecord } from './record.ts';
import type { ArtifactStore } from './store.ts';

/** What to do with a pointer: write it anew, or leave it, with the reason for the log. */
export type PointerMove =
  | { readonly kind: 'move'; readonly pointer: Pointer }
  | { readonly kind: 'stay'; readonly reason: string };

/** A version that wants the pointer. */
export type PointerTarget = Omit<Pointer, 'previous' | 'floor' | 'sequence'>;

/** Answers what to do about the pointer as it stands; asked again whenever another writer was faster. */
export type PointerDecision = (current: Pointer | undefined) => PointerMove | Promise<PointerMove>;

const MAX_ATTEMPTS = 50;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1000;

/**
 * Decides whether a release moves `latest`: only upwards by PEP 440, never to a pre-release,
 * and never to a version at or below the floor that a rollback set.
 */
export function planPointerMove(current: Pointer | undefined, target: PointerTarget): PointerMove {
  const { version } = target;
  if (parseVersion(version)?.isPrerelease !== false) {
    return { kind: 'stay', reason: `${version} is a pre-release; latest never points to one` };
  }
  if (current === undefined) return { kind: 'move', pointer: target };
  if (current.floor !== undefined && compareVersions(version, current.floor) <= 0) {
    return {
      kind: 'stay',
      reason: `a rollback holds latest at ${current.version} until ${current.floor} is passed`,
    };
  }
  const order = compareVersions(version, current.version);
  if (order === 0) return { kind: 'stay', reason: `latest is ${current.version} already` };
  if (order < 0) return { kind: 'stay', reason: `latest stands at ${current.version}, which is higher` };
  return { kind: 'move', pointer: { ...target, previous: current.version } };
}

/**
 * Moves a pointer by compare-and-swap. When another writer was faster, the pointer is read and decided again after a
 * short wait. What the project's own pointer was goes to its history before the swap, so that the history is complete
 * at every instant.
 * @throws RemoteError (`HERMES_POINTER_CONTENDED`) after many lost races
 */
export async function movePointer(
  store: ArtifactStore,
  owner: PointerOwner,
  decide: PointerDecision,
  signal?: AbortSignal,
  clock: Clock = systemClock,
): Promise<PointerMove> {
  const key = pointerKey(owner);
  let written: Uint8Array | undefined;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    if (attempt > 0) await clock.sleep(pauseMs(attempt), signal);
    const current = await readPointer(store, key, signal);
    // A swap whose reply was lost looks like a lost race, yet what stands there is what was written.
    if (written !== undefined && current !== undefined && Buffer.compare(current.bytes, written) === 0)
      return { kind: 'move', pointer: current.value };
    const move = await decide(current?.value);
    if (move.kind === 'stay') return move;
    const pointer = await numbered(store, owner, move.pointer, current, signal);
    written = encodeRecord(pointer);
    if ((await store.replace(key, written, current?.etag, signal)) === 'written')
      return { kind: 'move', pointer };
  }
  throw new RemoteError('Cannot move a pointer: other writers were faster each time.', {
    code: 'HERMES_POINTER_CONTENDED',
    facts: { store: store.url, key, attempts: MAX_ATTEMPTS },
    nextStep: 'Run the same command again.',
  });
}

/** Puts what is about to be displaced into the history, and numbers the pointer that follows it. */
async function numbered(
  store: ArtifactStore,
  owner: PointerOwner,
  pointer: Pointer,
  displaced: StoredRecord<Pointer> | undefined,
  signal?: AbortSignal,
): Promise<Pointer> {
  if (owner.branch !== undefined) return pointer;
  const before = displaced === undefined ? 0 : await archivePointer(store, owner, displaced, signal);
  return { ...pointer, sequence: before + 1 };
}

/** Random, so that writers who met once do not meet again; longer with each lost race. */
function pauseMs(attempt: number): number {
  return Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
}
