import { GetObjectCommand } from '@aws-sdk/client-s3';
import { placeOf, request, type S3Bucket, untilAnswered } from './s3-bucket.ts';
import { isBrokenConnection } from './s3-diagnosis.ts';
import { symptomsOf } from './s3-failure.ts';
import type { StoredObject } from './store.ts';

/**
 * The object under a key, or undefined when there is none.
 * A connection that breaks in the middle of the bytes is made again: the SDK retries only up to the headers.
 */
export async function readObject(
  bucket: S3Bucket,
  key: string,
  signal: AbortSignal | undefined,
): Promise<StoredObject | undefined> {
  const place = placeOf(bucket, key);
  const found = await request(bucket, { action: 'read', key }, signal, (options) =>
    untilAnswered(bucket.clock, signal, async (isLast) => {
      try {
        const reply = await bucket.client.send(new GetObjectCommand(place), options);
        const bytes = (await reply.Body?.transformToByteArray()) ?? new Uint8Array();
        return { bytes, etag: reply.ETag ?? '' };
      } catch (error) {
        const symptoms = symptomsOf(error);
        if (symptoms.code === 'NoSuchKey') return 'absent';
        if (isLast || !isBrokenConnection(symptoms)) throw error;
        return undefined;
      }
    }),
  );
  return found === 'absent' ? undefined : found;
}
