import { RemoteError } from '../core/errors.ts';
import { compareVersions, parseVersion } from '../core/pep440.ts';
import type { Pointer } from './manifest.ts';
import { encodeRecord, readPointer } from './record.ts';
import type { ArtifactStore } from './store.ts';

/** What to do with a pointer: write it anew, or leave it, with the reason for the log. */
export type PointerMove =
  | { readonly kind: 'move'; readonly pointer: Pointer }
  | { readonly kind: 'stay'; readonly reason: string };

/** A version that wants the pointer. */
export type PointerTarget = Omit<Pointer, 'previous' | 'floor'>;

/** Answers what to do about the pointer as it stands; asked again whenever another writer was faster. */
export type PointerDecision = (current: Pointer | undefined) => PointerMove | Promise<PointerMove>;

const MAX_ATTEMPTS = 50;

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
 * Moves a pointer by compare-and-swap. When another writer was faster, the pointer is read and decided again.
 * @throws RemoteError (`HERMES_POINTER_CONTENDED`) after many lost races
 */
export async function movePointer(
  store: ArtifactStore,
  key: string,
  decide: PointerDecision,
  signal?: AbortSignal,
): Promise<PointerMove> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const current = await readPointer(store, key, signal);
    const move = await decide(current?.value);
    if (move.kind === 'stay') return move;
    if ((await store.replace(key, encodeRecord(move.pointer), current?.etag, signal)) === 'written')
      return move;
  }
  throw new RemoteError('Cannot move a pointer: other writers were faster each time.', {
    code: 'HERMES_POINTER_CONTENDED',
    facts: { store: store.url, key, attempts: MAX_ATTEMPTS },
    nextStep: 'Run the same command again.',
  });
}
