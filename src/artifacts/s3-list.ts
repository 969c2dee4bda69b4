import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { request, type S3Bucket } from './s3-bucket.ts';
import { foreignReply } from './s3-failure.ts';
import type { StoredKey } from './store.ts';

/**
 * Keys under a prefix, in the order of their UTF-8 bytes. S3 answers in that order, up to 1,000 keys a page; stores that
 * keep a tree of folders (SeaweedFS, directory buckets) do not, so all of it is sorted before the first is handed out.
 */
export async function* listObjects(
  bucket: S3Bucket,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncIterable<StoredKey> {
  const found: { readonly order: Buffer; readonly listed: StoredKey }[] = [];
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({
      Bucket: bucket.name,
      Prefix: `${bucket.prefix}${prefix}`,
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    const page = await request(bucket, { action: 'list' }, signal, async (options) => {
      const reply = await bucket.client.send(command, options);
      if (reply.Name === undefined) throw foreignReply(reply);
      return reply;
    });
    for (const { Key = '', Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
      // Consoles leave empty objects that stand for folders.
      if (Key.endsWith('/')) continue;
      const key = Key.slice(bucket.prefix.length);
      found.push({ order: Buffer.from(key), listed: { key, bytes: Size, modifiedAt: LastModified } });
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
  for (const { listed } of found.sort((a, b) => Buffer.compare(a.order, b.order))) yield listed;
}
