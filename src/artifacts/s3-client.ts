import { S3Client } from '@aws-sdk/client-s3';
import { ConfigError } from '../core/errors.ts';

/** How to reach a store other than by what the machine says about itself. For tests. */
export interface S3Connection {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const ATTEMPTS = 5;
const CONNECT_TIMEOUT_MS = 5_000;
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
  const endpoint = connection?.endpoint ?? (await configuredEndpoint(client));
  client.destroy();
  return makeClient(connection, { region, forcePathStyle: endpoint !== undefined });
}

async function configuredEndpoint(client: S3Client): Promise<string | undefined> {
  let endpoint: string | undefined;
  try {
    endpoint = await client.config.serviceConfiguredEndpoint?.();
  } catch (cause) {
    throw new ConfigError('Cannot open the artifact store: the AWS settings contradict themselves.', {
      code: 'HERMES_AWS_SETTINGS',
      facts: { reason: (cause as Error).message.split('\n')[0] },
      nextStep: 'Correct ~/.aws/config, or the file that AWS_CONFIG_FILE names.',
    });
  }
  if (endpoint === undefined || (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol))) {
    return endpoint;
  }
  throw new ConfigError(
    `Cannot open the artifact store: the endpoint of the AWS settings, ${JSON.stringify(endpoint)}, is no URL.`,
    {
      code: 'HERMES_AWS_SETTINGS',
      nextStep:
        'Correct AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or endpoint_url of the AWS profile, for example: https://s3.example.com',
    },
  );
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
