import { S3Client } from '@aws-sdk/client-s3';

/** How to reach a store other than by what the machine says about itself. For tests. */
export interface S3Connection {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const ATTEMPTS = 5;
const CONNECT_TIMEOUT_MS = 10_000;
/** Without a byte in either direction. */
const SILENCE_TIMEOUT_MS = 60_000;
/** Where AWS is asked for a bucket's own region when the machine names none. */
const ANY_REGION = 'us-east-1';
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/**
 * A client of S3, or of what speaks its language. Credentials, region and endpoint come from AWS' own chain:
 * environment (`AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL_S3`, …), `~/.aws/config`, web identity, container, machine.
 * With an endpoint of its own, buckets are named in the path, which is what stores outside AWS serve; without a region,
 * AWS redirects to that of the bucket. Requests are tried five times; nothing is written to stderr.
 * https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
 */
export async function createS3Client(connection?: S3Connection): Promise<S3Client> {
  const client = makeClient(connection, undefined);
  const region = await client.config.region().catch(() => ANY_REGION);
  const endpoint = connection?.endpoint ?? (await client.config.serviceConfiguredEndpoint?.());
  client.destroy();
  return makeClient(connection, { region, forcePathStyle: endpoint !== undefined });
}

interface Place {
  readonly region: string;
  readonly forcePathStyle: boolean;
}

function makeClient(connection: S3Connection | undefined, place: Place | undefined): S3Client {
  return new S3Client({
    ...connection,
    ...place,
    followRegionRedirects: true,
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    logger: SILENT,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENCE_TIMEOUT_MS,
      logger: SILENT,
    },
  });
}
