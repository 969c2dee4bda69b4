import { GetObjectCommand } from '@aws-sdk/client-s3';
import { placeOf, request, type S3Bucket, untilAnswered } from './s3-bucket.ts';
import { isBrokenConnection } from './s3-diagnosis.ts';
import { foreignReply, symptomsOf } from './s3-failure.ts';
import type { StoredObject } from './store.ts';

type Reading = StoredObject | 'absent';

/**
 * The object under a key, or undefined when there is none.
 * A connection that breaks in the middle of the bytes is made again: the SDK retries only up to the headers.
 */
export async function readObject(
  bucket: S3Bucket,
  key: string,
  signal: AbortSignal | undefined,
): Promise<StoredObject | undefined> {
  const command = new GetObjectCommand(placeOf(bucket, key));
  const found = await request(bucket, { action: 'read', key }, signal, (options) =>
    untilAnswered<Reading>(bucket.clock, signal, async (isLast) => {
      const reply = await bucket.client.send(command, options).catch(absence);
      if (reply === undefined) return 'absent';
      if (reply.ETag === undefined) throw foreignReply(reply);
      try {
        const bytes = (await reply.Body?.transformToByteArray()) ?? new Uint8Array();
        return { bytes, etag: reply.ETag };
      } catch (error) {
        if (isLast || !isBrokenConnection(symptomsOf(error))) throw error;
        return undefined;
      }
    }),
  );
  return found === 'absent' ? undefined : found;
}

/** Access that is denied is no absence. */
function absence(error: unknown): undefined {
  if (symptomsOf(error).code !== 'NoSuchKey') throw error;
}
