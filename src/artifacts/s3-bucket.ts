import type { S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../core/clock.ts';
import { ConfigError } from '../core/errors.ts';
import { type Diagnose, diagnoseAccess, diagnoseS3, type S3Action } from './s3-diagnosis.ts';
import { s3Failure } from './s3-failure.ts';
import { checkKey } from './store-key.ts';

/** A bucket, or the part of it under a prefix, and how it is reached. */
export interface S3Bucket {
  readonly client: S3Client;
  readonly clock: Clock;
  /** `s3://bucket/prefix`, without a trailing slash. */
  readonly url: string;
  readonly name: string;
  /** `prefix/`, or nothing. */
  readonly prefix: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const URL_SHAPE = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/;
const MAX_TRIES = 6;
const FIRST_PAUSE_MS = 50;

/** Takes `s3://bucket/prefix` apart. @throws ConfigError when it names no bucket, or a prefix that leads elsewhere */
export function parseS3Url(url: string): Pick<S3Bucket, 'url' | 'name' | 'prefix'> {
  const [, name, path = ''] = URL_SHAPE.exec(url) ?? [];
  const folder = path.replace(/\/+$/, '');
  const isPlain = folder === '' || folder.split('/').every((part) => !['', '.', '..'].includes(part));
  if (name === undefined || !isPlain) {
    throw new ConfigError(`Cannot open the artifact store ${JSON.stringify(url)}: it is no store URL.`, {
      code: 'HERMES_STORE_URL',
      nextStep: 'Write it as file:///folder or s3://bucket/prefix.',
    });
  }
  if (folder === '') return { url: `s3://${name}`, name, prefix: '' };
  return { url: `s3://${name}/${folder}`, name, prefix: `${folder}/` };
}

/** Where a key lies, as requests name it. */
export function placeOf({ name, prefix }: S3Bucket, key: string): { Bucket: string; Key: string } {
  checkKey(key);
  return { Bucket: name, Key: `${prefix}${key}` };
}

/** Runs a request. What goes wrong is said in words; a caller that has gone gets the reason that he gave. */
export async function request<T>(
  bucket: S3Bucket,
  action: S3Action,
  signal: AbortSignal | undefined,
  send: (options: { abortSignal?: AbortSignal }) => Promise<T>,
): Promise<T> {
  const step = async <R>(diagnose: Diagnose, work: () => Promise<R>): Promise<R> => {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      throw s3Failure(error, action, bucket, diagnose);
    }
  };
  // Apart from the request, whose own refusals mean something else. The SDK keeps what it found.
  await step(diagnoseAccess, () => unlessAborted(bucket.client.config.credentials(), signal));
  return step(diagnoseS3, () => send(signal === undefined ? {} : { abortSignal: signal }));
}

/** A program or a person may be asked for credentials: that can take its time. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const stop = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: stop.signal });
  });
  return Promise.race([work, aborted]).finally(() => stop.abort());
}

/** Does something up to six times, until it answers; the pauses between grow and differ from writer to writer. */
export async function untilAnswered<T>(
  clock: Clock,
  signal: AbortSignal | undefined,
  work: (isLast: boolean) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let tried = 1; ; tried += 1) {
    const answer = await work(tried === MAX_TRIES);
    if (answer !== undefined || tried === MAX_TRIES) return answer;
    await clock.sleep(FIRST_PAUSE_MS * 2 ** tried * (0.5 + Math.random()), signal);
  }
}
