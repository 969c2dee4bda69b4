import { openStore } from './open-store.ts';

/**
 * The bytes of an object, by `s3://bucket/key`; undefined when there is none.
 * @throws ConfigError without access to the bucket, RemoteError when it does not answer
 */
export async function readBucketObject(url: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
  const [bucket = '', ...key] = url.slice('s3://'.length).split('/');
  const store = await openStore(`s3://${bucket}`);
  return (await store.read(key.join('/'), signal))?.bytes;
}
