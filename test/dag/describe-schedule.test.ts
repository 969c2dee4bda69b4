import assert from 'node:assert/strict';
import { describeSchedule } from '../../src/dag/describe-schedule.ts';

const words: Readonly<Record<string, string>> = {
  '0 6 * * *': 'every day at 06:00',
  ' 0  6 * * * ': 'every day at 06:00',
  '@daily': 'every day at 00:00',
  '@once': 'once',
  '@weekly': 'every Sunday at 00:00',
  '@hourly': 'every hour',
  '@monthly': 'on day 1 of the month at 00:00',
  '@yearly': 'on day 1 of January at 00:00',
  '5 * * * *': 'every hour at :05',
  '* * * * *': 'every minute',
  '*/15 * * * *': 'every 15 minutes',
  '0 */2 * * *': 'every 2 hours',
  '30 */6 * * *': 'every 6 hours at :30',
  '*/15 * * * 1-5': 'every 15 minutes, every weekday',
  '30 7 * * 1': 'every Monday at 07:30',
  '30 7 * * 7': 'every Sunday at 07:30',
  '0 6 * * 1-5': 'every weekday at 06:00',
  '0 6 * * MON-FRI': 'every weekday at 06:00',
  '0 6 * * 1,3,5': 'every Monday, Wednesday and Friday at 06:00',
  '0 6 * * 0,6': 'every Saturday and Sunday at 06:00',
  '0 6 * * 0-6': 'every day at 06:00',
  '0 6,18 * * *': 'every day at 06:00 and 18:00',
  '0,30 6-8 * * *': 'every day at 06:00, 06:30, 07:00, 07:30, 08:00 and 08:30',
  '0 5 3 * *': 'on day 3 of the month at 05:00',
  '0 6 1,15 * *': 'on days 1 and 15 of the month at 06:00',
  '0 6 * 1 *': 'every day in January at 06:00',
  '0 6 1 3,9 *': 'on day 1 of March and September at 06:00',
};

describe('the words for a schedule', () => {
  for (const [cron, text] of Object.entries(words))
    it(`are "${text}" for "${cron}"`, () => assert.equal(describeSchedule(cron), text));

  it('are the cron line where it has no simple ones', () => {
    for (const cron of [
      '*/7 * * * *',
      '0 */5 * * *',
      '0 6 1 * 1',
      '0 9 * * MON#1',
      '0 6 * jan *',
      '0 6-18 * * *',
      '*/10 6 * * *',
    ])
      assert.equal(describeSchedule(cron), `cron ${cron}`);
  });

  it('are "by hand" where there is none', () => assert.equal(describeSchedule(null), 'by hand'));
});
