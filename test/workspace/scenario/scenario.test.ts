import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { fitsPattern } from '../../../src/workspace/scenario/pattern.ts';
import { readScenario } from '../../../src/workspace/scenario/scenario.ts';
import { steeredClock } from '../../../src/workspace/scenario/steered-clock.ts';
import { temporaryFolder } from '../../setup.ts';

describe('a scenario', () => {
  const read = (name: string, text: string) => {
    const file = join(temporaryFolder(), name);
    writeFileSync(file, text);
    return readScenario(file, name);
  };

  it('is read with every mistake at its line, the nearest name beside what is unknown', () => {
    const text = [
      'clok: { manual: true }',
      'runs:',
      '  - { name: x, outcome: failur }',
      '  - { name: y }',
      '  - { name: z, queue_seconds: 1, error: none }',
      'requests:',
      '  - { path: /api/*, status: 200 }',
      '  - { path: /api/*, status: 500, connection: drop_after }',
      '  - { path: /api/*, delay_seconds: 1, retry_after: 2 }',
      'ids: { runs: 99999999999999999999 }',
      'clock: { start: 2026-01-01T00:00:00Z }',
    ].join('\n');
    assert.throws(() => read('bad.yaml', text), {
      code: 'HERMES_PROBLEMS',
      message: [
        'bad.yaml:1:1    clok is not a key of a scenario. Did you mean clock?',
        'bad.yaml:3:25   runs.0.outcome = "failur" is not one of: success, failure, timeout, internal_error, cluster_failure, library_failure, driver_killed. Did you mean failure?',
        'bad.yaml:4:5    runs.1: it changes nothing: give one of queue_seconds, cluster_seconds, outcome, shown.',
        'bad.yaml:5:41   runs.2.error: it says how an outcome looks: give outcome too.',
        'bad.yaml:7:29   requests.0.status = 200 is too small: at least 400.',
        'bad.yaml:8:46   requests.1.connection: it cannot stand beside status.',
        'bad.yaml:9:52   requests.2.retry_after: it says how a refusal looks: give status too.',
        'bad.yaml:10:14  ids.runs: a whole number of at most 18 digits is needed.',
        'bad.yaml:11:8   clock: give step_seconds (time passes with each request) or manual: true (you advance it), one of the two.',
      ].join('\n'),
    });
  });

  it('may be JSON, and keeps every digit of its ids', () => {
    assert.deepEqual(
      read('one.json', '{"ids": {"runs": 9007199254740993, "jobs": "123456789012345678"}}').ids,
      {
        runs: 9007199254740993n,
        jobs: 123456789012345678n,
      },
    );
    assert.throws(() => read('open.yaml', 'a: {{\n'), {
      message: 'open.yaml:2:1  Flow map in block collection must be sufficiently indented and end with a }.',
    });
    assert.throws(() => read('empty.yaml', ''), { message: 'empty.yaml:1:1  The file is empty.' });
  });

  it('takes * in a pattern for any characters, and everything else for itself', () => {
    assert.ok(fitsPattern('a.b+c', 'a.b+c') && !fitsPattern('axb+c', 'a.b+c'));
    assert.ok(fitsPattern('/api/2.2/jobs/runs/get', '*/jobs/runs/*') && !fitsPattern('ab', 'a*ab'));
    const texts = fc.array(fc.stringMatching(/^[ab]{0,3}$/), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(texts, fc.stringMatching(/^[ab]{0,8}$/), (parts, text) => {
        assert.equal(fitsPattern(text, parts.join('*')), new RegExp(`^${parts.join('.*')}$`).test(text));
      }),
    );
  });

  it('moves a clock that wakes waits in their order, each at its own time, and those that they begin', async () => {
    const clock = steeredClock(new Date(0));
    const seen: string[] = [];
    const wait = (name: string, milliseconds: number, signal?: AbortSignal): Promise<void> =>
      clock.sleep(milliseconds, signal).then(
        () => void seen.push(`${name} at ${clock.now().getTime()}`),
        () => void seen.push(`${name} given up`),
      );
    const stop = new AbortController();
    void wait('late', 500).then(() => wait('after late', 100));
    void wait('early', 100);
    void wait('stopped', 50, stop.signal);
    void wait('never', 1_001);
    stop.abort();
    await Promise.all([clock.advance(400), clock.advance(600)]);
    assert.deepEqual(seen, ['stopped given up', 'early at 100', 'late at 500', 'after late at 600']);
    assert.equal(clock.now().getTime(), 1_000);
  });
});
