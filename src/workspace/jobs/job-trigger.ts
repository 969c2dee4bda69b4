import { Cron } from 'croner';
import { didYouMean } from '../../core/suggest.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { type Fields, fieldsOf } from '../wire/fields.ts';

/** When a job starts by itself: at the times of a Quartz expression, or every so often. */
export type JobTrigger =
  | { readonly kind: 'cron'; readonly expression: string; readonly timezone: string }
  | { readonly kind: 'interval'; readonly everyMs: number };

const HOUR_MS = 3_600_000;
const UNITS: Readonly<Record<string, number>> = {
  MINUTES: 60_000,
  HOURS: HOUR_MS,
  DAYS: 24 * HOUR_MS,
  WEEKS: 7 * 24 * HOUR_MS,
};

/** https://www.quartz-scheduler.org/documentation/quartz-2.3.0/tutorials/crontrigger.html */
const FIELDS = [
  { name: 'seconds', allowed: '0-59' },
  { name: 'minutes', allowed: '0-59' },
  { name: 'hours', allowed: '0-23' },
  { name: 'day of the month', allowed: '1-31, L, W, ?' },
  { name: 'month', allowed: '1-12, JAN-DEC' },
  { name: 'day of the week', allowed: '1-7 from Sunday, SUN-SAT, L, #, ?' },
  { name: 'year', allowed: '1970-2099' },
] as const;

/**
 * Reads `schedule`, `trigger` and `continuous` of a job's settings; undefined when nothing starts it, or all is paused.
 * @throws ApiError for a wrong expression, and for a trigger that is not paused and that this workspace does not fire
 */
export function parseJobTrigger(fields: Fields): JobTrigger | undefined {
  const schedule = fields.object('schedule');
  const trigger = fields.object('trigger');
  const continuous = fields.object('continuous');
  if ([schedule, trigger, continuous].filter((given) => given !== undefined).length > 1)
    throw invalidParameter('Only one of schedule, trigger and continuous can be given.');
  if (continuous !== undefined && !isPaused(fieldsOf(continuous, 'continuous.')))
    throw invalidParameter(
      'continuous jobs are not run by this workspace. Set continuous.pause_status to PAUSED, or use a schedule.',
    );
  if (schedule !== undefined) {
    const cron = cronOf(fieldsOf(schedule, 'schedule.'));
    return isPaused(fieldsOf(schedule, 'schedule.')) ? undefined : cron;
  }
  return trigger === undefined ? undefined : intervalOf(fieldsOf(trigger, 'trigger.'));
}

/** The first time after `after` at which a job is to start, in epoch milliseconds; undefined when there is none. */
export function nextStart(trigger: JobTrigger, after: Date): number | undefined {
  if (trigger.kind === 'interval') return after.getTime() + trigger.everyMs;
  return quartz(trigger.expression, trigger.timezone).nextRun(after)?.getTime();
}

function cronOf(fields: Fields): JobTrigger {
  const expression = fields.requiredText('quartz_cron_expression');
  const timezone = fields.requiredText('timezone_id');
  assertTimezone(timezone);
  const wrong = quartzProblem(expression);
  if (wrong !== undefined)
    throw invalidParameter(`Invalid quartz_cron_expression: '${expression}': ${wrong}.`);
  return { kind: 'cron', expression, timezone };
}

function assertTimezone(name: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    const hint = didYouMean(name, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
    throw invalidParameter(
      `Invalid timezone_id: '${name}' is no time zone. Use a name such as Europe/Madrid, or UTC.${hint === undefined ? '' : ` ${hint}`}`,
    );
  }
}

/** What is wrong with an expression: the field that alone makes it wrong is named with what it may hold. */
function quartzProblem(expression: string): string | undefined {
  const given = expression.trim().split(/\s+/);
  if (given.length !== 6 && given.length !== 7)
    return `it has ${given.length} fields; Quartz has seconds first, 6 or 7 fields`;
  const bad = given.findIndex(
    (_, at) => !isReadable(given.map((text, index) => (index === at ? text : '*'))),
  );
  const field = FIELDS[bad];
  if (field !== undefined) return `${field.name} cannot be '${given[bad]}'; allowed: ${field.allowed}`;
  return isReadable(given) ? undefined : 'its fields do not go together';
}

function isReadable(fields: readonly string[]): boolean {
  try {
    quartz(fields.join(' '), 'UTC').nextRun(new Date(0));
    return true;
  } catch {
    return false;
  }
}

function intervalOf(fields: Fields): JobTrigger | undefined {
  const periodic = fields.object('periodic');
  if (isPaused(fields) && periodic === undefined) return undefined;
  if (periodic === undefined)
    throw invalidParameter(
      `trigger ${Object.keys(fields.value)
        .filter((name) => name !== 'pause_status')
        .join(
          ', ',
        )} is not fired by this workspace. Set trigger.pause_status to PAUSED, or use trigger.periodic or a schedule.`,
    );
  const period = fieldsOf(periodic, 'trigger.periodic.');
  const unit = period.requiredText('unit');
  const unitMs = UNITS[unit];
  if (unitMs === undefined)
    throw invalidParameter(
      `trigger.periodic.unit '${unit}' is unknown. Allowed: ${Object.keys(UNITS).join(', ')}.`,
    );
  const everyMs = period.count('interval', 0, 1) * unitMs;
  return isPaused(fields) ? undefined : { kind: 'interval', everyMs };
}

function isPaused(fields: Fields): boolean {
  const status = fields.text('pause_status') ?? 'UNPAUSED';
  if (status !== 'PAUSED' && status !== 'UNPAUSED')
    throw invalidParameter(`pause_status '${status}' is unknown. Allowed: PAUSED, UNPAUSED.`);
  return status === 'PAUSED';
}

/** Quartz counts the days of the week from 1 = Sunday, and writes `?` where a day is left to the other field. */
function quartz(expression: string, timezone: string): Cron {
  const text = expression.trim().replaceAll('?', '*');
  return new Cron(text, { timezone, paused: true, alternativeWeekdays: true, sloppyRanges: true });
}
