import { whenAllIsOver } from '../setup.ts';
import type { S3Server } from './s3-server.ts';
import { startSeaweedFs } from './seaweedfs.ts';
import { startVersitygw } from './versitygw.ts';

/** SeaweedFS, started when it is first asked for and shared by all tests of the process. */
export const seaweedFs: () => Promise<S3Server> = shared(() => startSeaweedFs());

/** versitygw, started when it is first asked for and shared by all tests of the process. */
export const versitygw: () => Promise<S3Server> = shared(startVersitygw);

function shared(start: () => Promise<S3Server>): () => Promise<S3Server> {
  let server: Promise<S3Server> | undefined;
  return () => {
    if (server === undefined) {
      const starting = start();
      server = starting;
      whenAllIsOver(async () => (await starting).stop());
    }
    return server;
  };
}
