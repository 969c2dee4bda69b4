import { HermesError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import { type Diagnose, FOREIGN, type S3Action, type S3Symptoms } from './s3-diagnosis.ts';

/** What an error of the SDK or of Node may carry. */
interface Raw {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly Code?: unknown;
  readonly code?: unknown;
  readonly Region?: unknown;
  readonly address?: unknown;
  readonly hostname?: unknown;
  readonly port?: unknown;
  readonly errors?: readonly Raw[];
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

const VERBS = { read: 'read from', write: 'write to', list: 'list', remove: 'remove from' } as const;

/** What the SDK, the store and Node say about a failure. */
export function symptomsOf(error: unknown): S3Symptoms {
  const raw = rawOf(error);
  const region = raw.$response?.headers?.['x-amz-bucket-region'] ?? raw.Region;
  return {
    code: textOf(raw.Code) ?? textOf(raw.code) ?? textOf(raw.name) ?? 'Unknown',
    message: textOf(raw.message) ?? '',
    status: raw.$metadata?.httpStatusCode,
    attempts: raw.$metadata?.attempts ?? 1,
    region: textOf(region),
  };
}

/**
 * A failure of the SDK in words, with its cure. Nothing of the request stays in it, neither in the message nor in the
 * cause. What is no failure of a store (a mistake of ours, an error in words already) is handed back as it is.
 */
export function s3Failure(
  error: unknown,
  action: S3Action,
  { url, name }: { readonly url: string; readonly name: string },
  diagnose: Diagnose,
): unknown {
  if (error instanceof HermesError) return error;
  const symptoms = symptomsOf(error);
  const diagnosis = diagnose(symptoms, action, name);
  if (diagnosis === undefined) return error;
  const { kind: Kind, code, reason, nextStep } = diagnosis;
  const facts = { store: url, key: action.key, host: hostOf(rawOf(error)), status: symptoms.status };
  const cause = new Error(printable(`${symptoms.code}: ${symptoms.message.split('\n')[0]}`));
  return new Kind(`Cannot ${VERBS[action.action]} the artifact store: ${reason}.`, {
    code,
    facts,
    nextStep,
    cause,
  });
}

/** A success that lacks what S3 never leaves out: some other program answered. */
export function foreignReply({ $metadata }: { readonly $metadata: object }): Error {
  return Object.assign(new Error('the reply lacks what S3 never leaves out'), { Code: FOREIGN, $metadata });
}

/** Where a host has several addresses, Node gives one error for each of them. */
function rawOf(error: unknown): Raw {
  const raw: Raw = typeof error === 'object' && error !== null ? error : { message: String(error) };
  const [first] = raw.errors ?? [];
  return first === undefined ? raw : { ...first, message: first.message, $metadata: raw.$metadata ?? {} };
}

function hostOf({ hostname, address, port }: Raw): string | undefined {
  const host = textOf(hostname) ?? textOf(address);
  return host === undefined || typeof port !== 'number' ? host : `${host}:${port}`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
