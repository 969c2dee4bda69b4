import { randomUUID } from 'node:crypto';
import { s3Store } from '../../src/artifacts/s3-store.ts';
import { itStoresArtifacts } from '../contracts/artifact-store.ts';
import type { S3Server } from './s3-server.ts';

/** What every server must bear out, beside the contract of stores. */
export function itIsAStoreInABucket(serve: () => Promise<S3Server>): void {
  before(async () => void (await serve()));

  itStoresArtifacts(async () => {
    const { bucket, owner } = await serve();
    return s3Store(`s3://${bucket}/${randomUUID()}`, { connection: owner });
  });
}
