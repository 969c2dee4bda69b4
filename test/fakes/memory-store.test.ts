import { itStoresArtifacts } from '../contracts/artifact-store.ts';
import { memoryStore } from './memory-store.ts';

describe('a store in memory', () => {
  itStoresArtifacts(() => memoryStore());
});
