import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { type Clock, systemClock } from '../core/clock.ts';
import { parseS3Url, placeOf, request, type S3Bucket } from './s3-bucket.ts';
import { createS3Client, type S3Connection } from './s3-client.ts';
import { readObject } from './s3-read.ts';
import { createObject, replaceObject } from './s3-write.ts';
import type { ArtifactStore, StoredKey } from './store.ts';

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

/** S3 answers in the order of UTF-8 bytes, up to 1,000 keys a page. */
async function* listObjects(
  bucket: S3Bucket,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncIterable<StoredKey> {
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({
      Bucket: bucket.name,
      Prefix: `${bucket.prefix}${prefix}`,
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    const page = await request(bucket, { action: 'list' }, signal, (options) =>
      bucket.client.send(command, options),
    );
    for (const { Key = '', Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
      // Consoles leave empty objects that stand for folders.
      if (!Key.endsWith('/'))
        yield { key: Key.slice(bucket.prefix.length), bytes: Size, modifiedAt: LastModified };
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}
