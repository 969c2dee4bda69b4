import { randomUUID } from 'node:crypto';
import { s3Store } from '../../src/artifacts/s3-store.ts';
import { itSurvivesRacesAndCrashes } from '../ci/race-suite.ts';
import { itIsAStoreInABucket } from './bucket-suite.ts';
import { versitygw } from './servers.ts';
import { versitygwProgram } from './versitygw.ts';

const canRun = versitygwProgram.canBuild();
// Begun while the other tests run: it takes minutes the first time.
if (canRun) versitygwProgram.build().catch(() => {});

describe('a store in a bucket of versitygw', function () {
  this.timeout(600_000);
  before(function () {
    if (!canRun) this.skip();
  });
  itIsAStoreInABucket(versitygw);

  describe('published to at once', () => {
    itSurvivesRacesAndCrashes(async () => {
      const { bucket, owner } = await versitygw();
      const url = `s3://${bucket}/${randomUUID()}`;
      return () => s3Store(url, { connection: owner });
    });
  });
});
