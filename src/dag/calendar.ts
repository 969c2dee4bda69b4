import { Cron } from 'croner';
import { nearest } from '../core/suggest.ts';

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Why a text is no date that Airflow would read, or undefined when it is one. */
export function dateProblem(text: string): string | undefined {
  const match = DATE.exec(text);
  const wrong = `${JSON.stringify(text)} is no date. Write it as 2026-01-31 or 2026-01-31T06:00.`;
  if (match === null) return wrong;
  const [year, month, day, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day ?? 0));
  const isReal = date.getUTCMonth() === (month ?? 0) - 1 && date.getUTCDate() === day;
  return isReal && hour < 24 && minute < 60 && second < 60 ? undefined : wrong;
}

/** Why a text is no time zone of the IANA database, or undefined when it is one. */
export function timezoneProblem(text: string): string | undefined {
  if (isTimezone(text)) return undefined;
  const near = nearest(text, Intl.supportedValuesOf('timeZone'));
  const hint = near === undefined ? 'For example: Europe/Madrid.' : `Did you mean ${near}?`;
  return `${JSON.stringify(text)} is no time zone of the IANA database. ${hint}`;
}

/**
 * The instant that a date of a DAG means. Without an offset of its own it is read in the DAG's time zone.
 * The texts must have passed {@link dateProblem} and {@link timezoneProblem}.
 */
export function instantOf(date: string, timezone: string): Date {
  const match = DATE.exec(date);
  const [day = date, clock = '00:00:00'] = date.split(/[T ]/);
  if (match?.[7] !== undefined) return new Date(`${day}T${clock}`);
  const wall = `${day}T${clock.length === 5 ? `${clock}:00` : clock.slice(0, 8)}`;
  const instant = new Cron(wall, { timezone, paused: true }).nextRun(new Date(0));
  return instant ?? new Date(`${wall}Z`);
}

const timezones = new Map<string, boolean>();

// Airflow reads names with the zone database of Python: offsets such as +02:00, which Node takes too, are none.
function isTimezone(text: string): boolean {
  const found = timezones.get(text) ?? isKnownToNode(text);
  timezones.set(text, found);
  return found;
}

function isKnownToNode(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
