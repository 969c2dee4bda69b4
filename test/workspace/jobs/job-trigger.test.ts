import assert from 'node:assert/strict';
import { nextStart, parseJobTrigger } from '../../../src/workspace/jobs/job-trigger.ts';
import { fieldsOf } from '../../../src/workspace/wire/fields.ts';

// A Sunday.
const after = new Date('2026-11-22T00:00:00Z');

function next(quartz_cron_expression: string, timezone_id = 'Europe/Madrid'): string | undefined {
  const trigger = parseJobTrigger(fieldsOf({ schedule: { quartz_cron_expression, timezone_id } }));
  const at = trigger && nextStart(trigger, after);
  return at === undefined ? undefined : new Date(at).toISOString();
}

function refusal(settings: object): string {
  try {
    parseJobTrigger(fieldsOf(settings as never));
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('the schedule of a job', () => {
  it('is read as Quartz means it: seconds first, days of the week from 1 = Sunday, `?` for a day left open', () => {
    assert.equal(next('0 0 6 ? * 2'), '2026-11-23T05:00:00.000Z');
    assert.equal(next('0 30 6 1 * ?'), '2026-12-01T05:30:00.000Z');
    assert.equal(next('0 0 6 L * ?', 'UTC'), '2026-11-30T06:00:00.000Z');
    assert.equal(next('0 15 10 ? * 6#3', 'UTC'), '2026-12-18T10:15:00.000Z');
    assert.equal(next('0 0/20 * * * ?', 'UTC'), '2026-11-22T00:20:00.000Z');
    assert.equal(next('0 0 0 1 1 ? 2020', 'UTC'), undefined);
  });

  it('starts nothing while it is paused, and a period counts from when it was set', () => {
    const periodic = { interval: '2', unit: 'HOURS' };
    assert.equal(parseJobTrigger(fieldsOf({ trigger: { periodic, pause_status: 'PAUSED' } })), undefined);
    const trigger = parseJobTrigger(fieldsOf({ trigger: { periodic } }));
    assert.equal(trigger && nextStart(trigger, after), after.getTime() + 7_200_000);
  });

  it('refuses what is wrong or would never fire', () => {
    assert.equal(
      refusal({ schedule: { quartz_cron_expression: '0 6 * * *', timezone_id: 'UTC' } }),
      "Invalid quartz_cron_expression: '0 6 * * *': it has 5 fields; Quartz has seconds first, 6 or 7 fields.",
    );
    assert.equal(
      refusal({ schedule: { quartz_cron_expression: '0 0 6 0 * ?', timezone_id: 'UTC' } }),
      "Invalid quartz_cron_expression: '0 0 6 0 * ?': day of the month cannot be '0'; allowed: 1-31, L, W, ?.",
    );
    assert.equal(
      refusal({ schedule: { quartz_cron_expression: '0 0 6 * * ?', timezone_id: 'Europe/Madrit' } }),
      "Invalid timezone_id: 'Europe/Madrit' is no time zone. Use a name such as Europe/Madrid, or UTC. Did you mean Europe/Madrid?",
    );
    assert.equal(
      refusal({ trigger: { file_arrival: { url: '/Volumes/a/b/c/' } } }),
      'trigger file_arrival is not fired by this workspace. Set trigger.pause_status to PAUSED, or use trigger.periodic or a schedule.',
    );
    assert.equal(
      refusal({ continuous: {} }),
      'continuous jobs are not run by this workspace. Set continuous.pause_status to PAUSED, or use a schedule.',
    );
    assert.equal(
      refusal({ schedule: { pause_status: 'PAUSED' }, continuous: { pause_status: 'PAUSED' } }),
      'Only one of schedule, trigger and continuous can be given.',
    );
    assert.equal(refusal({ continuous: { pause_status: 'PAUSED' } }), '');
  });
});
