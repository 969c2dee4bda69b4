import semver from 'semver';
import { z } from 'zod';
import { projectKey } from '../src/artifacts/keys.ts';
import type { ArtifactStore } from '../src/artifacts/store.ts';
import { hermesVersion } from '../src/core/package-root.ts';

const schema = z.strictObject({
  /** The version that the copies are of. */
  version: z.string(),
  /** Git tree hash that it was built from. */
  tree: z.string(),
  /** Version of Hermes that wrote the copies or found them right. */
  builder: z.string(),
  /** False from before the first copy is written until all are. */
  complete: z.boolean(),
});

/** `copies.json` beside `latest.json`, the last thing that a release writes: whether everything before it is done. */
export type CopiesMark = z.infer<typeof schema>;

export interface StoredMark {
  readonly value: CopiesMark;
  readonly etag: string;
}

/** The key of a project's mark. */
export function markKey(team: string, project: string): string {
  return `${projectKey(team, project)}/copies.json`;
}

/** Reads the mark; what is no mark counts as an incomplete one, and is overwritten. */
export async function readMark(
  store: ArtifactStore,
  team: string,
  project: string,
  signal?: AbortSignal,
): Promise<StoredMark | undefined> {
  const found = await store.read(markKey(team, project), signal);
  if (found === undefined) return undefined;
  const none = { version: '', tree: '', builder: '', complete: false };
  try {
    const text = Buffer.from(found.bytes).toString('utf8');
    return { value: schema.parse(JSON.parse(text)), etag: found.etag };
  } catch {
    return { value: none, etag: found.etag };
  }
}

export function encodeMark(mark: CopiesMark): Uint8Array {
  return Buffer.from(`${JSON.stringify(mark, null, 2)}\n`);
}

/**
 * True when two versions of Hermes make the same artifacts of the same source: releases that differ in the patch
 * number only do.
 */
export function isSameBuilder(builder: string): boolean {
  const family = (version: string): string => {
    const parsed = semver.parse(version);
    return parsed === null ? version : `${parsed.major}.${parsed.minor}`;
  };
  return family(builder) === family(hermesVersion);
}
