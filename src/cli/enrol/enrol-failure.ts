import {
  ConfigError,
  ConnectionError,
  type HermesError,
  type HermesErrorOptions,
  RemoteError,
  WorkFailedError,
} from '../../core/errors.ts';
import { counted } from '../table.ts';
import type { TeamOutcome } from './enrol-lines.ts';

/** More are counted. */
const NAMED_TEAMS = 5;
const AGAIN = 'run the same command again: teams that are enrolled stay as they are.';

interface Failed {
  readonly team: string;
  readonly error: HermesError;
}

/**
 * Why teams were not enrolled, each cause once with its next step; undefined when none failed. A failure of a single
 * team is its own error. Where all fail alike, the exit
 * code is that of the cause, else 1.
 */
export function enrolFailure(outcomes: readonly TeamOutcome[]): HermesError | undefined {
  const failed = outcomes.flatMap(({ team, error }) => (error === undefined ? [] : [{ team, error }]));
  const [first] = failed;
  if (first === undefined) return undefined;
  if (outcomes.length === 1) return first.error;
  const causes = [...Map.groupBy(failed, ({ error }) => `${error.message}\n${error.nextStep}`).values()];
  const isAll = failed.length === outcomes.length;
  const isAlike = isAll && failed.every(({ error }) => error.exitCode === first.error.exitCode);
  const Family = isAlike ? familyOf(first.error) : WorkFailedError;
  const head = `Cannot enrol ${counted(failed.length, 'team')} of ${outcomes.length}.`;
  const isOne = causes.length === 1 && failed.length > 1;
  const each = causes.map((cause) => causeText(cause, isOne, isAll));
  const cure = isOne ? first.error.nextStep : undefined;
  const nextStep = cure === undefined ? `Mend what is named, then ${AGAIN}` : `${cure}\nThen ${AGAIN}`;
  return new Family([head, ...each].join('\n'), {
    code: 'HERMES_ENROL_FAILED',
    cause: first.error,
    nextStep,
  });
}

function familyOf(error: HermesError): new (message: string, options: HermesErrorOptions) => HermesError {
  const families = [ConfigError, ConnectionError, RemoteError];
  return families.find((family) => error instanceof family) ?? WorkFailedError;
}

/** @param isOne Whether it is the only cause: its next step then ends the whole. */
function causeText(cause: readonly Failed[], isOne: boolean, isAll: boolean): string {
  const [first] = cause;
  const { message = '', nextStep } = first?.error ?? {};
  const more = cause.length > NAMED_TEAMS ? ` and ${cause.length - NAMED_TEAMS} more` : '';
  const named = cause.slice(0, NAMED_TEAMS).map(({ team }) => team);
  const who = isOne && isAll ? '' : `${named.join(', ')}${more}: `;
  return [`${who}${message}`, ...(isOne || nextStep === undefined ? [] : [nextStep])]
    .join('\n')
    .replace(/^/gm, '  ');
}
