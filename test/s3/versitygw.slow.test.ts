import { itIsAStoreInABucket } from './bucket-suite.ts';
import { versitygw } from './servers.ts';
import { buildVersitygw, canBuildVersitygw } from './versitygw.ts';

const canRun = canBuildVersitygw();
// Begun while the other tests run: it takes minutes the first time.
if (canRun) buildVersitygw().catch(() => {});

describe('a store in a bucket of versitygw', function () {
  this.timeout(600_000);
  before(function () {
    if (!canRun) this.skip();
  });
  itIsAStoreInABucket(versitygw);
});
