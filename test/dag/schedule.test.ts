import assert from 'node:assert/strict';
import { dateProblem, instantOf, timezoneProblem } from '../../src/dag/calendar.ts';
import { nextRuns, scheduleProblem } from '../../src/dag/schedule.ts';

const now = new Date('2026-11-21T09:00:00Z');
const runs = (timing: Parameters<typeof nextRuns>[0], count = 3): string[] =>
  nextRuns(timing, now, count).map((run) => run.toISOString());

describe('a schedule', () => {
  it('is a cron line of five fields or a preset', () => {
    for (const right of [
      '0 6 * * *',
      '*/15 0-6 1,15 jan-mar MON-FRI',
      '0 0 * * 7',
      '0 9 * * MON#1',
      '@daily',
      '@once',
    ])
      assert.equal(scheduleProblem(right), undefined, right);
  });

  it('that is wrong is told with the reason', () => {
    assert.equal(scheduleProblem('@dayly'), '"@dayly" is no preset. Did you mean @daily?');
    assert.equal(
      scheduleProblem('0 6 * *'),
      '"0 6 * *" is no schedule: cron has five fields (minute hour day month weekday), this has 4. For example: 0 6 * * *',
    );
    assert.equal(
      scheduleProblem('none'),
      '"none" is no schedule: write null, or leave it out, for a DAG that is started by hand.',
    );
    assert.equal(
      scheduleProblem('0 6 15W * *'),
      '"0 6 15W * *" is no schedule: only digits, names of months and days, and * , - / # are read alike by Airflow and here.',
    );
    assert.match(scheduleProblem('61 6 * * *') ?? '', /^"61 6 \* \* \*" is no schedule: /);
    assert.equal(scheduleProblem('0 0 31 2 *'), '"0 0 31 2 *" is no schedule: no day matches it.');
  });

  it('refuses what Airflow reads otherwise', () => {
    const reasons: Readonly<Record<string, string>> = {
      '0 8-8 * * *': 'Airflow reads 8-8 as an open range; write one value.',
      '0 0 1 * 1-1/2': 'Airflow reads 1-1/2 as an open range; write one value.',
      '0 0 * * 5#2,1': '5#2,1 mixes days of the week with one of the month.',
      '0 0 1 * 5#2': '5#2 stands beside a day of the month; write * for the day.',
      '0 0 1 * 0-6': '0-6 is every day, and Airflow then heeds the other day; write *.',
      '0 0 */1 * 1': '*/1 is every day, and Airflow then heeds the other day; write *.',
    };
    for (const [cron, reason] of Object.entries(reasons))
      assert.equal(scheduleProblem(cron), `"${cron}" is no schedule: ${reason}`);
    for (const cron of ['0 0 * * 5#2', '0 0 1 * 1', '0 0 */2 * 1-5', '0 0 * * 0-6', '0 11-12/1 * * *'])
      assert.equal(scheduleProblem(cron), undefined, cron);
  });

  it('keeps the hour of the wall clock when summer time begins and ends', () => {
    const timing = { schedule: '0 6 * * *', timezone: 'Europe/Madrid', startDate: '2027-03-27' };
    assert.deepEqual(runs(timing), [
      '2027-03-27T05:00:00.000Z',
      '2027-03-28T04:00:00.000Z',
      '2027-03-29T04:00:00.000Z',
    ]);
  });

  it('counts a start date that is itself a tick, and ends with the end date', () => {
    assert.deepEqual(
      runs({ schedule: '@daily', timezone: 'UTC', startDate: '2026-12-01', endDate: '2026-12-02' }),
      ['2026-12-01T00:00:00.000Z', '2026-12-02T00:00:00.000Z'],
    );
    assert.deepEqual(runs({ schedule: '@daily', timezone: 'UTC', endDate: '2026-01-01' }), []);
  });

  it('of no time gives no runs, and @once gives one', () => {
    assert.deepEqual(runs({ schedule: null, timezone: 'UTC' }), []);
    assert.deepEqual(runs({ schedule: '@once', timezone: 'UTC', startDate: '2026-12-01' }), [
      '2026-12-01T00:00:00.000Z',
    ]);
  });
});

describe('a date', () => {
  it('must be a day of the calendar', () => {
    for (const right of ['2026-01-31', '2024-02-29', '2026-01-01T06:00', '2026-01-01T06:00:30+01:00'])
      assert.equal(dateProblem(right), undefined, right);
    for (const wrong of ['2026-02-29', '2026-13-01', '2026-1-1', 'yesterday', '2026-01-01T25:00', ''])
      assert.equal(
        dateProblem(wrong),
        `${JSON.stringify(wrong)} is no date. Write it as 2026-01-31 or 2026-01-31T06:00.`,
      );
  });

  it('is read in the time zone of the DAG unless it carries its own', () => {
    assert.equal(instantOf('2026-07-01', 'Europe/Madrid').toISOString(), '2026-06-30T22:00:00.000Z');
    assert.equal(instantOf('2026-07-01T06:00', 'America/Lima').toISOString(), '2026-07-01T11:00:00.000Z');
    assert.equal(
      instantOf('2026-07-01T06:00:00+01:00', 'America/Lima').toISOString(),
      '2026-07-01T05:00:00.000Z',
    );
  });
});

describe('a time zone', () => {
  it('is a name of the IANA database', () => {
    assert.equal(timezoneProblem('Europe/Madrid'), undefined);
    assert.equal(timezoneProblem('UTC'), undefined);
    assert.equal(
      timezoneProblem('Europe/Madird'),
      '"Europe/Madird" is no time zone of the IANA database. Did you mean Europe/Madrid?',
    );
    assert.equal(
      timezoneProblem('+02:00'),
      '"+02:00" is no time zone of the IANA database. For example: Europe/Madrid.',
    );
  });
});
