import { HermesError } from '../../core/errors.ts';

/** What `hermes doctor` found out about one thing, and what cures it when it is not well. */
export interface Finding {
  readonly name: string;
  /** `unknown`: it cannot be told from here, by these credentials. */
  readonly state: 'ok' | 'unknown' | 'warning' | 'failed';
  /** The version, path or address that was found, or what is wrong. */
  readonly detail: string;
  readonly cure?: string;
}

export function ok(name: string, detail: string): Finding {
  return { name, state: 'ok', detail };
}

export function unknown(name: string, detail: string, cure: string): Finding {
  return { name, state: 'unknown', detail, cure };
}

export function warning(name: string, detail: string, cure: string): Finding {
  return { name, state: 'warning', detail, cure };
}

export function failed(name: string, detail: string, cure: string): Finding {
  return { name, state: 'failed', detail, cure };
}

/** The finding of a check that Hermes itself refused. Anything else goes on as it is. */
export function fromError(name: string, error: unknown): Finding {
  if (!(error instanceof HermesError)) throw error;
  return failed(name, error.message, error.nextStep ?? 'Correct it and run hermes doctor again.');
}
