import { Cron } from 'croner';
import { didYouMean } from '../core/suggest.ts';
import { instantOf } from './calendar.ts';

/** Airflow's presets and the cron lines behind them; `@once` has none. */
const presets: Readonly<Record<string, string | undefined>> = {
  '@once': undefined,
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@quarterly': '0 0 1 */3 *',
  '@yearly': '0 0 1 1 *',
};

/** When a DAG runs by itself. */
export interface Timing {
  readonly schedule: string | null;
  readonly timezone: string;
  readonly startDate?: string;
  readonly endDate?: string;
}

/** Why a text is no schedule, or undefined when it is one. */
export function scheduleProblem(text: string): string | undefined {
  if (text.startsWith('@')) {
    if (Object.hasOwn(presets, text)) return undefined;
    const names = Object.keys(presets);
    return `${JSON.stringify(text)} is no preset. ${didYouMean(text, names) ?? `Presets: ${names.join(', ')}.`}`;
  }
  const fields = text.trim().split(/\s+/);
  const wrong = `${JSON.stringify(text)} is no schedule`;
  if (/^none$/i.test(text.trim()))
    return `${wrong}: write null, or leave it out, for a DAG that is started by hand.`;
  if (fields.length !== 5)
    return `${wrong}: cron has five fields (minute hour day month weekday), this has ${fields.length}. For example: 0 6 * * *`;
  // What the two cron readers, croner here and croniter in Airflow, understand alike.
  if (!/^[0-9A-Za-z*,/ #-]+$/.test(fields.join(' ')) || /[WL+?]/.test(withoutNames(fields.join(' '))))
    return `${wrong}: only digits, names of months and days, and * , - / # are read alike by Airflow and here.`;
  const line = fields.join(' ');
  if (sound.has(line)) return undefined;
  const reason = cronProblem(line, fields);
  if (reason === undefined) sound.add(line);
  return reason === undefined ? undefined : `${wrong}: ${reason}`;
}

/** Cron lines that have been found sound: a thousand DAGs have a hundred schedules. */
const sound = new Set<string>();

function cronProblem(line: string, fields: readonly string[]): string | undefined {
  try {
    const next = new Cron(line, { paused: true }).nextRun();
    return next === null ? 'no day matches it.' : readOtherwise(fields);
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
  }
}

/** What the cron reader of Airflow reads otherwise, or not at all (https://github.com/pallets-eco/croniter). */
function readOtherwise(fields: readonly string[]): string | undefined {
  const [, , day = '*', , weekday = '*'] = fields;
  const single = fields.flatMap((field) => field.split(',')).find((part) => /^(\w+)-\1(?:\/|$)/i.test(part));
  if (single !== undefined) return `Airflow reads ${single} as an open range; write one value.`;
  if (weekday.includes('#')) {
    if (!/^\w+#\d$/.test(weekday)) return `${weekday} mixes days of the week with one of the month.`;
    return day === '*' ? undefined : `${weekday} stands beside a day of the month; write * for the day.`;
  }
  if (day === '*' || weekday === '*') return undefined;
  const every = coversAll(`0 0 ${day} 1 *`, 31)
    ? day
    : coversAll(`0 0 * * ${weekday}`, 7)
      ? weekday
      : undefined;
  return every === undefined
    ? undefined
    : `${every} is every day, and Airflow then heeds the other day; write *.`;
}

/** Whether the first `days` days of a January that begins on a Sunday all match. */
function coversAll(cron: string, days: number): boolean {
  const runs = new Cron(cron, { timezone: 'UTC', paused: true }).nextRuns(days, '2022-12-31T12:00:00Z');
  return runs.at(-1)?.getTime() === Date.UTC(2023, 0, days);
}

/** The next instants at which Airflow would start a run, after `now`. Empty without a schedule or past the end. */
export function nextRuns(timing: Timing, now: Date, count: number): Date[] {
  const { schedule, timezone } = timing;
  const start = timing.startDate === undefined ? undefined : instantOf(timing.startDate, timezone);
  const end = timing.endDate === undefined ? undefined : instantOf(timing.endDate, timezone);
  if (schedule === null) return [];
  const cron = cronOf(schedule);
  if (cron === undefined) return start !== undefined && start > now ? [start] : [];
  // One millisecond earlier, so that a start date that is itself a tick counts.
  const from = start !== undefined && start > now ? new Date(start.getTime() - 1) : now;
  const runs = new Cron(cron, { timezone, paused: true }).nextRuns(count, from);
  return end === undefined ? runs : runs.filter((run) => run <= end);
}

/** The cron line that stands behind a schedule; undefined for one that has none. */
export function cronOf(schedule: string): string | undefined {
  return schedule.startsWith('@') ? presets[schedule] : schedule.trim().split(/\s+/).join(' ');
}

function withoutNames(cron: string): string {
  return cron.replace(
    /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)\b/gi,
    '',
  );
}
