import { ConfigError, ConnectionError, RemoteError } from '../core/errors.ts';

/** What was asked of the store. */
export interface S3Action {
  readonly action: 'read' | 'write' | 'list' | 'remove';
  /** Absent for a listing. */
  readonly key?: string;
}

/** What the SDK, the store and Node say about a failure. */
export interface S3Symptoms {
  /** Code of S3 (`NoSuchBucket`) or of Node's network (`ECONNREFUSED`), else the name of the error. */
  readonly code: string;
  readonly message: string;
  /** Of the HTTP reply; absent when there was none. */
  readonly status: number | undefined;
  readonly attempts: number;
  /** Region of the bucket, when S3 says it. */
  readonly region: string | undefined;
}

type Kind = typeof ConfigError | typeof ConnectionError | typeof RemoteError;

/** The cause and the cure of a failure. */
interface S3Diagnosis {
  readonly kind: Kind;
  readonly code: string;
  readonly reason: string;
  readonly nextStep: string;
}

/** Code of a reply that is not S3's. */
export const FOREIGN = 'ForeignReply';

const RIGHTS = {
  read: 's3:GetObject, and s3:ListBucket on the bucket, without which S3 denies what does not exist too',
  write: 's3:PutObject and s3:GetObject',
  list: 's3:ListBucket on the bucket',
  remove: 's3:DeleteObject',
} as const;

const SIGN_IN =
  'Sign in again (aws sso login), or choose another profile by AWS_PROFILE; in CI give the job a role.';
const AGAIN = 'Run the same command again: what is written stays, the rest follows.';
const ENDPOINT =
  'Check the network, and AWS_ENDPOINT_URL_S3 or endpoint_url of the AWS profile when the store is not on AWS.';

/** Codes of S3: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const EXPIRED = /^(ExpiredToken(Exception)?|RequestExpired|TokenRefreshRequired)$/;
const UNKNOWN_KEY = /^(InvalidAccessKeyId|InvalidToken|InvalidClientTokenId|UnrecognizedClientException)$/;
const WRONG_REGION = /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/;
const UNREACHABLE = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT|TimeoutError)$/;
const NO_SUCH_HOST = /^(ENOTFOUND|EAI_AGAIN)$/;
const CERTIFICATE = /CERT|UNABLE_TO_|SELF_SIGNED|^ERR_(TLS|SSL)_|^EPROTO$/;
const BROKEN = /^(ECONNRESET|EPIPE|ABORT_ERR|ERR_STREAM_PREMATURE_CLOSE)$/;

/** True when the connection ended too early, or bytes arrived damaged: the same request may well succeed. */
export function isBrokenConnection({ code, message }: S3Symptoms): boolean {
  return BROKEN.test(code) || /aborted|socket hang up|checksum mismatch/i.test(message);
}

/** Tells what ails a store from what was seen. */
export type Diagnose = (symptoms: S3Symptoms, action: S3Action, bucket: string) => S3Diagnosis | undefined;

/** Why there are no credentials: nothing of the store itself has been asked yet. */
export const diagnoseAccess: Diagnose = (symptoms) =>
  diagnoseCredentials(symptoms) ??
  diagnoseNetwork(symptoms) ?? {
    kind: ConnectionError,
    code: 'HERMES_STORE_CREDENTIALS',
    reason:
      symptoms.status === undefined
        ? `the AWS credentials cannot be read (${symptoms.code})`
        : `AWS does not let this job or user take its role (${symptoms.code})`,
    nextStep:
      symptoms.status === undefined
        ? 'Check the files that the AWS settings name: AWS_WEB_IDENTITY_TOKEN_FILE, ~/.aws/config, ~/.aws/credentials.'
        : "Check AWS_ROLE_ARN and the role's trust policy: it has to name this repository, or this user.",
  };

/** What ails a store, or undefined when this is no failure of one. */
export const diagnoseS3: Diagnose = (symptoms, { action }, bucket) =>
  diagnoseCredentials(symptoms) ??
  diagnosePlace(symptoms, bucket) ??
  diagnoseRights(symptoms, action) ??
  diagnoseNetwork(symptoms) ??
  diagnoseTrouble(symptoms);

function diagnoseCredentials({ code, message }: S3Symptoms): S3Diagnosis | undefined {
  const diagnosis = (reason: string, nextStep = SIGN_IN): S3Diagnosis => ({
    kind: ConnectionError,
    code: 'HERMES_STORE_CREDENTIALS',
    reason,
    nextStep,
  });
  if (code === 'CredentialsProviderError') return diagnosis(missingCredentials(message));
  if (EXPIRED.test(code)) return diagnosis('the AWS credentials have expired');
  if (UNKNOWN_KEY.test(code)) return diagnosis('it does not know the access key');
  if (code === 'SignatureDoesNotMatch') {
    return diagnosis(
      'it refuses the signature, so the secret key is not that of the access key',
      'Correct AWS_SECRET_ACCESS_KEY or the AWS profile: a missing or added character is enough.',
    );
  }
  if (code === 'RequestTimeTooSkewed') {
    return diagnosis(
      'the clock of this machine is wrong by more than 15 minutes',
      'Set the clock (timedatectl set-ntp true), then run the same command again.',
    );
  }
  return undefined;
}

/** The SDK's own words are repeated only where they hold neither a command line nor a path's content. */
function missingCredentials(message: string): string {
  if (/SSO|Token is expired|sso/.test(message) && !message.startsWith('Command failed')) {
    return 'the AWS sign-in has expired or is incomplete';
  }
  const profile = /^Could not resolve credentials using profile: \[([\w.@/ -]{1,100})\]/.exec(message)?.[1];
  if (profile !== undefined) return `the AWS profile ${profile} gives no credentials`;
  return 'no AWS credentials were found';
}

function diagnosePlace({ code, region }: S3Symptoms, bucket: string): S3Diagnosis | undefined {
  if (code === 'NoSuchBucket' || code === 'InvalidBucketName') {
    return {
      kind: ConfigError,
      code: 'HERMES_STORE_NO_BUCKET',
      reason: `there is no bucket ${bucket}`,
      nextStep:
        'Correct the store where it is named (artifacts in variables/ENVIRONMENT.json, or hermes.yaml), or have the bucket made. Hermes never makes one.',
    };
  }
  if (!WRONG_REGION.test(code)) return undefined;
  return {
    kind: ConnectionError,
    code: 'HERMES_STORE_REGION',
    reason: `the bucket is in ${region === undefined ? 'another region' : `region ${region}`}`,
    nextStep: `Set AWS_REGION=${region ?? 'its region'}, or region in the AWS profile.`,
  };
}

function diagnoseRights({ code, status }: S3Symptoms, action: S3Action['action']): S3Diagnosis | undefined {
  if (status !== 403 && status !== 401 && code !== 'AccessDenied') return undefined;
  return {
    kind: ConnectionError,
    code: 'HERMES_STORE_DENIED',
    reason: 'access is denied',
    nextStep: `The credentials need ${RIGHTS[action]}. See who you are with: aws sts get-caller-identity`,
  };
}

function diagnoseNetwork(symptoms: S3Symptoms): S3Diagnosis | undefined {
  const { code, status } = symptoms;
  const unreachable = (reason: string, nextStep = ENDPOINT): S3Diagnosis => ({
    kind: ConnectionError,
    code: 'HERMES_STORE_UNREACHABLE',
    reason,
    nextStep,
  });
  if (isForeign(symptoms)) return unreachable('what answers there does not speak the language of S3');
  if (status !== undefined) return undefined;
  if (NO_SUCH_HOST.test(code)) return unreachable('its host has no address');
  if (UNREACHABLE.test(code) && !isSilence(symptoms)) return unreachable('its host cannot be reached');
  if (CERTIFICATE.test(code)) {
    return unreachable(
      `its certificate is not trusted (${code})`,
      'Name the certificate of your company in NODE_EXTRA_CA_CERTS.',
    );
  }
  if (!isSilence(symptoms) && !isBrokenConnection(symptoms)) return undefined;
  return {
    kind: RemoteError,
    code: 'HERMES_STORE_TROUBLE',
    reason: 'the connection broke off each time',
    nextStep: AGAIN,
  };
}

/** An error page, or a reply that the SDK cannot read. */
function isForeign({ code, message, status = 500 }: S3Symptoms): boolean {
  if (code === FOREIGN || /Deserialization error/.test(message)) return true;
  return message === 'UnknownError' && status < 500;
}

/** The server took the connection, then said nothing for too long. */
function isSilence({ code, message }: S3Symptoms): boolean {
  return code === 'TimeoutError' && /inactivity/.test(message);
}

function diagnoseTrouble({ code, status, attempts }: S3Symptoms): S3Diagnosis | undefined {
  if (status === undefined) return undefined;
  const trouble = (reason: string, nextStep: string): S3Diagnosis => ({
    kind: RemoteError,
    code: 'HERMES_STORE_TROUBLE',
    reason,
    nextStep,
  });
  const tries = attempts > 1 ? `, ${attempts} times` : '';
  if (code === 'SlowDown') return trouble(`it asks to slow down${tries}`, AGAIN);
  if (code === 'NotImplemented') {
    return {
      kind: ConfigError,
      code: 'HERMES_STORE_UNFIT',
      reason: 'it does not know conditional writes, without which publishing is not safe',
      nextStep: 'Use AWS S3, or another store that honours If-None-Match and If-Match.',
    };
  }
  return trouble(`it answers ${code}${tries}`, status >= 500 ? AGAIN : 'Ask the owner of the store.');
}
