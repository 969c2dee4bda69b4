import { Cron } from 'croner';
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
  const parts = expression.trim().split(/\s+/).length;
  try {
    if (parts !== 6 && parts !== 7)
      throw new Error(`it has ${parts} fields; Quartz has seconds first, 6 or 7 fields`);
    quartz(expression, timezone).nextRun(new Date(0));
  } catch (error) {
    throw invalidParameter(
      `Invalid quartz_cron_expression: '${expression}' in time zone '${timezone}': ${(error as Error).message}`,
    );
  }
  return { kind: 'cron', expression, timezone };
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
