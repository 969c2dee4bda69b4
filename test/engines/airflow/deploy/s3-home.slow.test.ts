import { randomUUID } from 'node:crypto';
import { s3Store } from '../../../../src/artifacts/s3-store.ts';
import { seaweedFs } from '../../../s3/servers.ts';
import { itTakesDeploys } from './home-suite.ts';
import { placeInStore } from './place-in-store.ts';

describe('deploys to a bucket', function () {
  this.timeout(120_000);
  itTakesDeploys(async () => {
    const { bucket, owner } = await seaweedFs();
    return placeInStore(await s3Store(`s3://${bucket}/${randomUUID()}`, { connection: owner }));
  });
});
