import { ConfigError, ConnectionError, type HermesError, RemoteError } from '../../../core/errors.ts';
import { printableLine } from '../../../core/printable.ts';
import type { AirflowCall } from './airflow-call.ts';

/** A call that did not succeed, before it is told to anybody. */
export class AirflowFailure extends Error {
  /** Absent when nothing answered. */
  readonly status: number | undefined;
  /** Body of the answer. */
  readonly text: string;

  constructor({ status, text, cause }: { status?: number; text: string; cause?: unknown }) {
    super(`Airflow answered ${status ?? 'nothing'}`, { cause });
    this.status = status;
    this.text = text;
  }

  /** Whether the same call may do better in a moment. */
  get isPassing(): boolean {
    return this.status === undefined || [429, 502, 503, 504].includes(this.status) || this.isUndone;
  }

  /**
   * Whether the database refused what Airflow was about to write, which Airflow then takes back as a whole. SQLite does
   * so when two processes of Airflow write at the same moment.
   * https://github.com/apache/airflow/blob/3.3.2/airflow-core/src/airflow/api_fastapi/common/exceptions.py
   */
  get isUndone(): boolean {
    return this.status === 500 && reasonOf(detailOf(this.text)) === 'Database error';
  }

  /** Whether the call surely did not arrive. */
  get isUnsent(): boolean {
    const cause = (this.cause as Error | undefined)?.cause as NodeJS.ErrnoException | undefined;
    return cause?.code === 'ECONNREFUSED';
  }
}

type Family = new (message: string, options: ConstructorParameters<typeof HermesError>[1]) => HermesError;

interface Kind {
  readonly family: Family;
  readonly code: string;
  /** Said where Airflow gives no reason of its own. */
  readonly reason: string;
  readonly nextStep?: string;
}

const KINDS: Readonly<Record<number, Kind>> = {
  401: {
    family: ConnectionError,
    code: 'HERMES_AIRFLOW_UNAUTHORIZED',
    reason: 'it does not accept who we say we are',
    nextStep: 'Correct the token, or user and password, of this Airflow.',
  },
  403: {
    family: ConnectionError,
    code: 'HERMES_AIRFLOW_FORBIDDEN',
    reason: 'this user may not do it',
    nextStep: 'Ask the operator of this Airflow for the right to do it.',
  },
  404: { family: ConfigError, code: 'HERMES_AIRFLOW_NOT_FOUND', reason: 'there is no such thing' },
  409: { family: ConfigError, code: 'HERMES_AIRFLOW_CONFLICT', reason: 'it is there already' },
};

const REFUSED: Kind = {
  family: ConfigError,
  code: 'HERMES_AIRFLOW_REFUSED',
  reason: 'it refuses the request',
};
const TROUBLE: Kind = {
  family: RemoteError,
  code: 'HERMES_AIRFLOW_TROUBLE',
  reason: 'it is in trouble',
  nextStep: 'Try again; the log of its api-server says more.',
};

const LONGEST = 500;

/**
 * The error of a call that Airflow answered with a failure. Holds no token: only what Airflow said.
 * @param tries How often it was sent; a fact of the error where that was more than once
 */
export function refusal(call: AirflowCall, { status = 0, text }: AirflowFailure, tries: number): HermesError {
  const { family, code, reason, nextStep } = KINDS[status] ?? (status < 500 ? REFUSED : TROUBLE);
  return new family(`Cannot ${call.action}: ${saidIn(text, status) ?? reason}`, {
    code,
    facts: { endpoint: endpointOf(call), status, ...(tries > 1 ? { tries } : {}) },
    ...(nextStep === undefined ? {} : { nextStep }),
  });
}

/** How `fetch` says that a port is one of those that it never asks. https://fetch.spec.whatwg.org/#port-blocking */
const BLOCKED_PORT = 'bad port';

/** The error of a call that nothing answered. */
export function unreachable(url: string, call: AirflowCall, { cause }: AirflowFailure): ConnectionError {
  const inner = (cause as Error | undefined)?.cause as NodeJS.ErrnoException | undefined;
  const reason = inner?.code ?? inner?.message ?? (cause as Error | undefined)?.message ?? 'no answer';
  const said = reason === BLOCKED_PORT ? 'no client asks for HTTP on this port' : printableLine(reason);
  return new ConnectionError(`Cannot ${call.action}: Airflow does not answer (${said}).`, {
    code: 'HERMES_AIRFLOW_UNREACHABLE',
    facts: { url, endpoint: endpointOf(call) },
    nextStep: 'Is it up, and is the address right? One of this machine is started by: hermes airflow up',
    cause,
  });
}

function endpointOf({ method, path }: AirflowCall): string {
  return printableLine(`${method} /api/v2/${path.join('/')}`);
}

/** What Airflow says: a text, a list of what is wrong with the fields of a request, or why the database failed. */
function saidIn(text: string, status: number): string | undefined {
  const detail = detailOf(text);
  const said =
    typeof detail === 'string'
      ? detail
      : Array.isArray(detail)
        ? fieldMessages(detail)
        : status < 500
          ? reasonOf(detail)
          : troubleOf(detail);
  return said === undefined || said === '' ? undefined : printableLine(said).slice(0, LONGEST);
}

function detailOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { detail?: unknown } | null)?.detail;
  } catch {
    return undefined;
  }
}

function reasonOf(detail: unknown): string | undefined {
  const reason = (detail as { reason?: unknown } | null | undefined)?.reason;
  return typeof reason === 'string' ? reason : undefined;
}

/** With what the database said, where Airflow shows it, else with the words that tell where it is written. */
function troubleOf(detail: unknown): string | undefined {
  const { orig_error, message } = (detail ?? {}) as { orig_error?: unknown; message?: unknown };
  const more = typeof orig_error === 'string' && orig_error !== 'hidden' ? orig_error : message;
  return [reasonOf(detail), more].filter((part) => typeof part === 'string').join(': ');
}

/** FastAPI's form: `[{loc: ['body', 'conf'], msg: '…'}]`. */
function fieldMessages(detail: readonly { loc?: unknown[]; msg?: unknown }[]): string {
  return detail
    .map(({ loc, msg }) =>
      [(loc ?? []).filter((part) => part !== 'body').join('.'), msg].filter((part) => part !== '').join(': '),
    )
    .join('; ');
}
