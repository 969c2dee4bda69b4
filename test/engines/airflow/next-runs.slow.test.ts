import assert from 'node:assert/strict';
import { Cron } from 'croner';
import fc from 'fast-check';
import { nextRuns, scheduleProblem } from '../../../src/dag/schedule.ts';
import { askAirflow, type TimingCase } from './airflow-oracle.ts';

const field = (low: number, high: number, names: readonly string[] = []): fc.Arbitrary<string> => {
  const number = fc.integer({ min: low, max: high });
  const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc.integer({ min: 1, max: Math.max(2, Math.floor((high - low) / 2)) });
  const one = fc.oneof(
    number.map(String),
    range,
    fc.tuple(range, step).map(([text, by]) => `${text}/${by}`),
    ...(names.length === 0 ? [] : [fc.constantFrom(...names)]),
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant('*') },
    { weight: 1, arbitrary: step.map((by) => `*/${by}`) },
    { weight: 4, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }).map((all) => all.join(',')) },
  );
};

const cron = fc
  .tuple(
    field(0, 59),
    field(0, 23),
    field(1, 31),
    field(1, 12, ['jan', 'FEB', 'Dec']),
    field(0, 7, ['sun', 'MON', 'fri', 'mon-wed', '5#2', '1#5']),
  )
  .map((fields) => fields.join(' '));

// Clocks are put forward and back around these times in some of the zones.
const zones = [
  'UTC',
  'Europe/Madrid',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Africa/Cairo',
];
const at = fc
  .oneof(
    fc.integer({ min: 0, max: 5 * 365 * 24 * 60 }).map((minutes) => Date.UTC(2024, 0, 1) + minutes * 60_000),
    fc
      .tuple(
        fc.constantFrom('2026-03-28T22:00Z', '2026-10-24T22:00Z', '2026-03-08T04:00Z', '2026-11-01T03:00Z'),
        fc.integer({ min: 0, max: 12 * 60 }),
      )
      .map(([day, minutes]) => Date.parse(day) + minutes * 60_000),
  )
  .map((time) => new Date(time).toISOString());

const timing: fc.Arbitrary<TimingCase> = fc.record({
  cron,
  timezone: fc.constantFrom(...zones),
  at,
  count: fc.constant(3),
});

describe('the next runs of a cron schedule', function () {
  this.timeout(300_000);

  it('are those at which the real Airflow would start a run, for every schedule that is taken', async () => {
    const cases = fc
      .sample(timing, { numRuns: 800, seed: 20261121 })
      .filter(({ cron: text }) => scheduleProblem(text) === undefined);
    assert.ok(cases.length > 400, `${cases.length} schedules`);
    const { timings } = await askAirflow({ timings: cases });
    cases.forEach((one, index) => {
      const ours = nextRuns({ schedule: one.cron, timezone: one.timezone }, new Date(one.at), one.count);
      if (everyHour(one.cron) && changesClock(one, ours)) return;
      assert.deepEqual(
        ours.map((run) => run.toISOString().replace('.000', '')),
        timings[index],
        JSON.stringify(one),
      );
    });
  });
});

function everyHour(line: string): boolean {
  const hours = new Cron(`0 ${line.split(' ')[1]} * * *`, { timezone: 'UTC', paused: true });
  return hours.nextRuns(24, '2025-12-31T23:30:00Z').at(-1)?.getTime() === Date.UTC(2026, 0, 1, 23);
}

/**
 * From a run to the next one of a schedule of every hour Airflow counts elapsed time: where clocks change between two
 * days of such a schedule, it starts an hour early or late once, depending on which run was the last.
 */
function changesClock({ at: from, timezone }: TimingCase, runs: readonly Date[]): boolean {
  const offset = (time: Date): string =>
    new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' })
      .format(time)
      .split(', ')[1] ?? '';
  return runs.some((run) => offset(run) !== offset(new Date(from)));
}
