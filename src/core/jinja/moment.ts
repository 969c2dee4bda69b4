/** A point in time as a template sees it: Python's datetime in UTC. */
export class Moment {
  readonly instant: Date;

  constructor(instant: Date) {
    this.instant = instant;
  }

  /** Python's `isoformat()`: microseconds only when there are some. */
  isoformat(separator = 'T'): string {
    const iso = this.instant.toISOString();
    const milliseconds = this.instant.getUTCMilliseconds();
    const fraction = milliseconds === 0 ? '' : `.${String(milliseconds).padStart(3, '0')}000`;
    return `${iso.slice(0, 10)}${separator}${iso.slice(11, 19)}${fraction}+00:00`;
  }

  /**
   * Python's `strftime` for the codes that mean the same in every locale.
   * @throws RangeError for another code.
   */
  strftime(format: string): string {
    return format.replace(/%(.)/gs, (_all, code: string) => {
      const part = Object.hasOwn(parts, code) ? parts[code] : undefined;
      if (part === undefined) {
        throw new RangeError(`strftime code %${code} is not known; use ${Object.keys(parts).join(' ')}`);
      }
      return part(this.instant);
    });
  }

  toString(): string {
    return this.isoformat(' ');
  }
}

const DAY_MS = 86_400_000;
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
const dayOfYear = (date: Date): number =>
  Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1;

const parts: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => pad(date.getUTCFullYear(), 4),
  y: (date) => pad(date.getUTCFullYear() % 100),
  m: (date) => pad(date.getUTCMonth() + 1),
  d: (date) => pad(date.getUTCDate()),
  H: (date) => pad(date.getUTCHours()),
  I: (date) => pad(date.getUTCHours() % 12 || 12),
  p: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  M: (date) => pad(date.getUTCMinutes()),
  S: (date) => pad(date.getUTCSeconds()),
  f: (date) => pad(date.getUTCMilliseconds() * 1000, 6),
  j: (date) => pad(dayOfYear(date), 3),
  z: () => '+0000',
  Z: () => 'UTC',
  A: (date) => WEEKDAYS[date.getUTCDay()] ?? '',
  a: (date) => (WEEKDAYS[date.getUTCDay()] ?? '').slice(0, 3),
  B: (date) => MONTHS[date.getUTCMonth()] ?? '',
  b: (date) => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
  w: (date) => String(date.getUTCDay()),
  u: (date) => String(date.getUTCDay() || 7),
  F: (date) => date.toISOString().slice(0, 10),
  T: (date) => date.toISOString().slice(11, 19),
  '%': () => '%',
};
