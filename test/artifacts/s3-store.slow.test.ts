import { itIsAStoreInABucket } from '../s3/bucket-suite.ts';
import { seaweedFs } from '../s3/servers.ts';

describe('a store in a bucket of SeaweedFS', function () {
  this.timeout(120_000);
  itIsAStoreInABucket(seaweedFs);
});
