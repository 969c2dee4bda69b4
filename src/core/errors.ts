/** What to print on exit, by what the caller does next. Documented in docs/reference/exit-codes.md. */
export const ExitCode = {
  done: 0,
  workFailed: 1,
  usage: 2,
  connection: 3,
  remote: 4,
  internal: 70,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Facts that name the thing an error is about; printed as `[key=value, …]`. Never a secret. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | undefined>>;

export interface HermesErrorOptions {
  /** Stable, upper-case, e.g. `HERMES_VERSION_TAKEN`: programs match on it, never on the text. */
  readonly code: string;
  readonly facts?: ErrorFacts;
  /** What the reader does next, one or two sentences. */
  readonly nextStep?: string;
  readonly cause?: unknown;
}

/**
 * The root of every error that Hermes raises on purpose.
 * The message reads: failed action, facts in brackets, reason. `nextStep` says how to go on.
 */
export class HermesError extends Error {
  readonly code: string;
  readonly facts: ErrorFacts;
  readonly nextStep: string | undefined;
  readonly exitCode: ExitCode = ExitCode.internal;

  constructor(message: string, options: HermesErrorOptions) {
    super(withFacts(message, options.facts), options.cause === undefined ? {} : { cause: options.cause });
    this.code = options.code;
    this.facts = options.facts ?? {};
    this.nextStep = options.nextStep;
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/** Input, files or options that the user has to correct. */
export class ConfigError extends HermesError {
  override readonly exitCode = ExitCode.usage;
}

/** A host that cannot be reached, or credentials that it refuses. */
export class ConnectionError extends HermesError {
  override readonly exitCode = ExitCode.connection;
}

/** Trouble at the other end; trying again may help. */
export class RemoteError extends HermesError {
  override readonly exitCode = ExitCode.remote;
}

/** The work itself did not succeed: a test, a build, a run. */
export class WorkFailedError extends HermesError {
  override readonly exitCode = ExitCode.workFailed;
}

/** Puts facts in brackets behind the action: `Cannot publish x [store=…]: reason`. */
function withFacts(message: string, facts: ErrorFacts | undefined): string {
  const known = Object.entries(facts ?? {}).filter(([, value]) => value !== undefined);
  if (known.length === 0) return message;
  const bracket = `[${known.map(([key, value]) => `${key}=${value}`).join(', ')}]`;
  const colon = message.indexOf(': ');
  return colon < 0 ? `${message} ${bracket}` : `${message.slice(0, colon)} ${bracket}${message.slice(colon)}`;
}
