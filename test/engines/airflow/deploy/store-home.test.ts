import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderStore } from '../../../../src/artifacts/folder-store.ts';
import type { ArtifactStore } from '../../../../src/artifacts/store.ts';
import { storeHome } from '../../../../src/engines/airflow/deploy/store-home.ts';
import { memoryStore } from '../../../fakes/memory-store.ts';
import { temporaryFolder } from '../../../setup.ts';
import { itTakesDeploys, type PlaceUnderTest } from './home-suite.ts';
import { placeInStore } from './place-in-store.ts';

describe('deploys to a store in memory', () => itTakesDeploys(async () => placeInStore(memoryStore())));

describe('deploys to a folder', () => {
  itTakesDeploys(async () => placeInFolder(temporaryFolder()));
});

function placeInFolder(root: string): PlaceUnderTest {
  const store: ArtifactStore = folderStore(root);
  const folder = (team: string): string => join(root, 'dags', team);
  return {
    home: storeHome(store),
    live: async (team) => {
      mkdirSync(folder(team), { recursive: true });
      return new Map(
        readdirSync(folder(team)).map((name) => [name, readFileSync(join(folder(team), name), 'utf8')]),
      );
    },
    write: async (team, name, text) => writeFileSync(join(folder(team), name), text),
  };
}
