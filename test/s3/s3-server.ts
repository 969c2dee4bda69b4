import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateBucketCommand, HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createS3Client, type S3Connection } from '../../src/artifacts/s3-client.ts';
import type { GuardedProcess } from './guarded-process.ts';

/** A server of S3 that this project did not write, with a bucket for tests. */
export interface S3Server {
  readonly endpoint: string;
  readonly bucket: string;
  /** May do anything. */
  readonly owner: S3Connection;
  /** Is known, and may do nothing in the bucket. */
  readonly stranger: S3Connection;
  stop(): Promise<void>;
}

const BUCKET = 'hermes-tests';
export const OWNER = { accessKeyId: 'OWNER', secretAccessKey: 'owner-of-the-tests-secret' } as const;
export const STRANGER = { accessKeyId: 'STRANGER', secretAccessKey: 'a-stranger-to-the-bucket' } as const;

const READY_WITHIN_MS = 60_000;

/** Ports of this machine that nothing listens on, each another. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Makes a folder for a server's data, and answers the path of its log. */
export function serverFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return `${folder}.log`;
}

/** Waits until a server takes a write, after making the bucket. @throws Error with the server's own words */
export async function whenReady(
  endpoint: string,
  running: GuardedProcess,
  log: string,
): Promise<Pick<S3Server, 'endpoint' | 'bucket' | 'owner' | 'stranger' | 'stop'>> {
  const owner = { endpoint, credentials: OWNER };
  const client = await createS3Client(owner);
  const until = Date.now() + READY_WITHIN_MS;
  let hasEnded = false;
  void running.ended.then(() => {
    hasEnded = true;
  });
  for (;;) {
    try {
      await client.send(new HeadBucketCommand({ Bucket: BUCKET })).catch(() => {
        return client.send(new CreateBucketCommand({ Bucket: BUCKET }));
      });
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'ready', Body: 'yes' }));
      break;
    } catch (error) {
      if (!hasEnded && Date.now() < until) {
        await delay(100);
        continue;
      }
      await running.kill();
      throw new Error(`an S3 server did not start: ${error}\n${readFileSync(log, 'utf8').slice(-2000)}`);
    }
  }
  client.destroy();
  return {
    endpoint,
    bucket: BUCKET,
    owner,
    stranger: { endpoint, credentials: STRANGER },
    stop: () => running.kill(),
  };
}
