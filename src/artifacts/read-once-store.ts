import { isBuildKey } from './inventory.ts';
import type { ArtifactStore, StoredObject } from './store.ts';

/**
 * A store that reads the files and manifests of versions once: they never change, so that checking a version and then
 * copying it asks for each file a single time. Pointers, copies and the history are read anew each time. Whatever was
 * read stays in memory as long as the store is used: for one command about one version.
 */
export function readOnceStore(store: ArtifactStore): ArtifactStore {
  const known = new Map<string, StoredObject>();
  return {
    ...store,
    read: async (key, signal) => {
      const earlier = known.get(key);
      if (earlier !== undefined) return earlier;
      const found = await store.read(key, signal);
      if (found !== undefined && isBuildKey(key)) known.set(key, found);
      return found;
    },
  };
}
