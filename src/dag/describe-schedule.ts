import { cronOf } from './schedule.ts';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
/** More times of a day than these are read better as the cron line. */
const MOST_TIMES = 6;

/** A schedule for people: `every day at 06:00`; the cron line itself when it has no simple words. */
export function describeSchedule(schedule: string | null): string {
  if (schedule === null) return 'by hand';
  const cron = cronOf(schedule);
  if (cron === undefined) return 'once';
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = cron.split(' ');
  const days = daysText(day, month, weekday);
  const times = timesText(minute, hour);
  if (days !== undefined && times !== undefined) return `${days} at ${times}`;
  const pace = paceText(minute, hour);
  if (days === undefined || pace === undefined) return `cron ${cron}`;
  return days === 'every day' ? pace : `${pace}, ${days}`;
}

/** `06:00 and 18:00`; undefined when there are too many, or a rhythm. */
function timesText(minute: string, hour: string): string | undefined {
  const minutes = numbers(minute);
  const hours = numbers(hour);
  if (minutes === undefined || hours === undefined) return undefined;
  const times = hours.flatMap((each) => minutes.map((one) => `${twoDigits(each)}:${twoDigits(one)}`));
  return times.length > MOST_TIMES ? undefined : listed(times);
}

/** `every 2 hours`. A step that does not divide the day, or the hour, begins anew with each: it has no plain words. */
function paceText(minute: string, hour: string): string | undefined {
  const minuteStep = stepOf(minute, 60);
  if (hour === '*' && minuteStep !== undefined) return counted(minuteStep, 'minute');
  const [past, ...more] = numbers(minute) ?? [];
  const hourStep = stepOf(hour, 24);
  if (past === undefined || more.length > 0 || hourStep === undefined) return undefined;
  return past === 0 ? counted(hourStep, 'hour') : `${counted(hourStep, 'hour')} at :${twoDigits(past)}`;
}

function stepOf(field: string, whole: number): number | undefined {
  if (field === '*') return 1;
  const step = Number(/^\*\/(\d+)$/.exec(field)?.[1] ?? Number.NaN);
  return step < whole && whole % step === 0 ? step : undefined;
}

/** Undefined when a day of the month stands beside one of the week: either of them is enough. */
function daysText(day: string, month: string, weekday: string): string | undefined {
  const months = month === '*' ? [] : numbers(month);
  if (months === undefined || (day !== '*' && weekday !== '*')) return undefined;
  const of = listed(months.map((each) => MONTHS[each - 1] ?? ''));
  if (day !== '*') return monthDaysText(day, of);
  const week = weekday === '*' ? 'every day' : weekdaysText(weekday);
  return week === undefined || of === '' ? week : `${week} in ${of}`;
}

function monthDaysText(day: string, months: string): string | undefined {
  const days = numbers(day);
  if (days === undefined) return undefined;
  const word = days.length === 1 ? 'day' : 'days';
  return `on ${word} ${listed(days.map(String))} of ${months === '' ? 'the month' : months}`;
}

function weekdaysText(field: string): string | undefined {
  const named = field.replace(/[a-z]+/gi, (name) => {
    const at = WEEKDAYS.findIndex((each) => each.slice(0, 3).toLowerCase() === name.toLowerCase());
    return at < 0 ? name : String(at);
  });
  const found = numbers(named)?.map((each) => each % 7);
  if (found === undefined) return undefined;
  const days = [...new Set(found)].sort((a, b) => ((a + 6) % 7) - ((b + 6) % 7));
  const joined = days.join();
  if (joined === '1,2,3,4,5') return 'every weekday';
  if (days.length === 7) return 'every day';
  return `every ${listed(days.map((each) => WEEKDAYS[each] ?? ''))}`;
}

/** The numbers of a list in which ranges may stand: `1,3-5`; undefined for anything else. */
function numbers(field: string): readonly number[] | undefined {
  const found: number[] = [];
  for (const part of field.split(',')) {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (from === undefined || Number(to) < Number(from)) return undefined;
    for (let each = Number(from); each <= Number(to); each += 1) found.push(each);
  }
  return [...new Set(found)].sort((a, b) => a - b);
}

function counted(step: number, unit: string): string {
  return step === 1 ? `every ${unit}` : `every ${step} ${unit}s`;
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
