import type { ArtifactStore } from '../../../../src/artifacts/store.ts';
import { storeHome } from '../../../../src/engines/airflow/deploy/store-home.ts';
import type { PlaceUnderTest } from './home-suite.ts';

/** A place in a store, looked at through the store itself. */
export function placeInStore(store: ArtifactStore): PlaceUnderTest {
  return {
    home: storeHome(store),
    live: (team) => readLive(store, team),
    write: async (team, name, text) => {
      const key = `dags/${team}/${name}`;
      await store.replace(key, Buffer.from(text), (await store.read(key))?.etag);
    },
  };
}

/** What Airflow reads of a team. */
export async function readLive(store: ArtifactStore, team: string): Promise<Map<string, string>> {
  const prefix = `dags/${team}/`;
  const files = new Map<string, string>();
  for await (const { key } of store.list(prefix)) {
    const found = await store.read(key);
    if (found !== undefined) files.set(key.slice(prefix.length), Buffer.from(found.bytes).toString('utf8'));
  }
  return files;
}
