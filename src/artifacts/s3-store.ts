import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { type Clock, systemClock } from '../core/clock.ts';
import { parseS3Url, placeOf, request, type S3Bucket } from './s3-bucket.ts';
import { createS3Client, type S3Connection } from './s3-client.ts';
import { listObjects } from './s3-list.ts';
import { readObject } from './s3-read.ts';
import { createObject, replaceObject } from './s3-write.ts';
import type { ArtifactStore } from './store.ts';

export interface S3StoreOptions {
  /** @defaultValue what AWS' own settings say */
  readonly connection?: S3Connection;
  readonly clock?: Clock;
}

/**
 * A store in a bucket of S3, or of any other store that speaks its language and honours conditional writes.
 * A reply that got lost is no conflict: what is there is compared with what was to be written. Access that is denied
 * is an error, never absence.
 * @param url `s3://bucket/prefix`
 * @throws ConfigError for a URL that names no bucket, or a bucket that does not exist; ConnectionError for credentials,
 *   rights and hosts; RemoteError when the store is in trouble
 */
export async function s3Store(url: string, options: S3StoreOptions = {}): Promise<ArtifactStore> {
  const bucket: S3Bucket = {
    ...parseS3Url(url),
    clock: options.clock ?? systemClock,
    client: await createS3Client(options.connection),
  };
  return {
    url: bucket.url,
    read: (key, signal) => readObject(bucket, key, signal),
    create: (key, bytes, signal) => createObject(bucket, key, bytes, signal),
    replace: (key, bytes, etag, signal) => replaceObject(bucket, key, bytes, etag, signal),
    list: (prefix, signal) => listObjects(bucket, prefix, signal),
    remove: async (key, signal) => {
      const place = placeOf(bucket, key);
      await request(bucket, { action: 'remove', key }, signal, (options) =>
        bucket.client.send(new DeleteObjectCommand(place), options),
      );
    },
  };
}
