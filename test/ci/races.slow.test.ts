import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { folderStore } from '../../src/artifacts/folder-store.ts';
import { s3Store } from '../../src/artifacts/s3-store.ts';
import { seaweedFs } from '../s3/servers.ts';
import { temporaryFolder } from '../setup.ts';
import { itSurvivesRacesAndCrashes } from './race-suite.ts';

describe('publishing at once', function () {
  this.timeout(300_000);

  describe('to a folder', () => {
    itSurvivesRacesAndCrashes(async () => {
      const root = join(temporaryFolder(), 'store');
      return async () => folderStore(root);
    });
  });

  describe('to a bucket of SeaweedFS', () => {
    itSurvivesRacesAndCrashes(async () => {
      const { bucket, owner } = await seaweedFs();
      const url = `s3://${bucket}/${randomUUID()}`;
      return () => s3Store(url, { connection: owner });
    });
  });
});
