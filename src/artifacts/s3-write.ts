import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { RemoteError } from '../core/errors.ts';
import { placeOf, request, type S3Bucket, untilAnswered } from './s3-bucket.ts';
import { foreignReply, symptomsOf } from './s3-failure.ts';
import { readObject } from './s3-read.ts';
import type { WriteOutcome } from './store.ts';

type Condition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string };
/** `busy`: another write of the key was under way, and neither is known to have won. */
type PutOutcome = WriteOutcome | 'busy';

/** What S3 answers to a condition that does not hold. Without the object, `If-Match` meets 404. */
const CONFLICT = ['PreconditionFailed', 'NoSuchKey'];
const BUSY = ['ConditionalRequestConflict', 'OperationAborted'];

/**
 * Writes a key that must not exist yet. S3 answers 409 while another write of the key is under way: then this one is
 * tried again. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * @throws RemoteError (`HERMES_STORE_CONTENDED`) when that goes on
 */
export async function createObject(
  bucket: S3Bucket,
  key: string,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<WriteOutcome> {
  const outcome = await untilAnswered(bucket.clock, signal, async () => {
    const put = await putObject(bucket, key, bytes, { IfNoneMatch: '*' }, signal);
    return put === 'busy' ? undefined : put;
  });
  if (outcome !== undefined) return outcome;
  throw new RemoteError('Cannot write to the artifact store: others write the same key all the time.', {
    code: 'HERMES_STORE_CONTENDED',
    facts: { store: bucket.url, key },
    nextStep: 'Run the same command again.',
  });
}

/** Replaces a key that must still be what was read; 409 counts as a conflict, since callers then read it again. */
export async function replaceObject(
  bucket: S3Bucket,
  key: string,
  bytes: Uint8Array,
  etag: string | undefined,
  signal: AbortSignal | undefined,
): Promise<WriteOutcome> {
  const condition: Condition = etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag };
  const outcome = await putObject(bucket, key, bytes, condition, signal);
  return outcome === 'busy' ? 'conflict' : outcome;
}

async function putObject(
  bucket: S3Bucket,
  key: string,
  bytes: Uint8Array,
  condition: Condition,
  signal: AbortSignal | undefined,
): Promise<PutOutcome> {
  const hash = createHash('sha256').update(bytes).digest();
  const command = new PutObjectCommand({
    ...placeOf(bucket, key),
    ...condition,
    ...headersOf(key),
    Body: bytes,
    ContentLength: bytes.length,
    ChecksumSHA256: hash.toString('base64'),
  });
  return request(bucket, { action: 'write', key }, signal, async (options) => {
    try {
      const reply = await bucket.client.send(command, options);
      if (reply.ETag === undefined) throw foreignReply(reply);
      return 'written';
    } catch (error) {
      const { code, attempts } = symptomsOf(error);
      const outcome = outcomeOf(code);
      if (outcome === undefined) throw error;
      // Of a request that was sent again, the first may have been carried out and its reply lost.
      const isOwn = attempts > 1 && (await holds(bucket, key, hash, signal));
      return isOwn ? 'written' : outcome;
    }
  });
}

function outcomeOf(code: string): PutOutcome | undefined {
  if (BUSY.includes(code)) return 'busy';
  return CONFLICT.includes(code) ? 'conflict' : undefined;
}

async function holds(
  bucket: S3Bucket,
  key: string,
  hash: Buffer,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const found = await readObject(bucket, key, signal);
  return found !== undefined && createHash('sha256').update(found.bytes).digest().equals(hash);
}

/** What browsers and other tools learn about a file; pointers are never served from a cache. */
function headersOf(key: string): { ContentType: string; CacheControl?: string } {
  if (key.endsWith('/latest.json')) return { ContentType: 'application/json', CacheControl: 'no-store' };
  if (key.endsWith('.json')) return { ContentType: 'application/json' };
  if (key.endsWith('.whl')) return { ContentType: 'application/zip' };
  if (key.endsWith('.py')) return { ContentType: 'text/x-python; charset=utf-8' };
  return { ContentType: 'application/octet-stream' };
}
