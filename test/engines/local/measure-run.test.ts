import assert from 'node:assert/strict';
import { ConfigError } from '../../../src/core/errors.ts';
import type { RunDurations } from '../../../src/databricks/runs/run.ts';
import { resumeRun } from '../../../src/engines/local/again/resume-run.ts';
import { measureRuns } from '../../../src/engines/local/measure-run.ts';
import type { Statsd } from '../../../src/telemetry/statsd.ts';
import type { Metric, StatsdEvent } from '../../../src/telemetry/statsd-line.ts';
import { run, surroundings, testBench } from './engine-under-test.ts';

interface Heard extends Statsd {
  readonly metrics: Metric[];
  readonly events: StatsdEvent[];
}

function hearing(): Heard {
  const metrics: Metric[] = [];
  const events: StatsdEvent[] = [];
  return {
    metrics,
    events,
    metric: (metric) => void metrics.push(metric),
    event: (event) => void events.push(event),
    close: async () => undefined,
  };
}

const measuring = (heard: Heard, bench = testBench(), tags: readonly string[] = []) => ({
  ...bench,
  emit: measureRuns(heard, () => tags),
});

describe('the metrics of a run', () => {
  it('are its start, its end by outcome and cause, and how long its parts took', async () => {
    const heard = hearing();
    await run(
      measuring(heard, testBench(), ['cost-center:42', 'task:mine']),
      [
        ['clean', 'good'],
        ['report', 'raises'],
      ],
      {
        tags: ['domain:Climate', 'word'],
      },
    );
    const tags = (task: string) => ({
      env: 'dev',
      service: 'observations',
      version: '1.0.0',
      team: 'weather',
      project: 'observations',
      dag: 'seattle',
      task,
      'compaas-service': 'hermes',
      domain: 'climate',
      'cost-center': '42',
    });
    const counted = heard.metrics
      .filter(({ type }) => type === 'count')
      .map(({ name, tags: own }) => [name, own]);
    assert.deepEqual(
      counted.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      [
        ['hermes.run.finished', { ...tags('clean'), outcome: 'success' }],
        ['hermes.run.finished', { ...tags('report'), outcome: 'failed', cause: 'user_code' }],
        ['hermes.run.started', tags('clean')],
        ['hermes.run.started', tags('report')],
      ],
    );
    const times = heard.metrics.filter(({ type }) => type === 'distribution').map(({ name }) => name);
    assert.equal(times.filter((name) => name === 'hermes.run.duration_seconds').length, 2);
  });

  it('tell the queue and the start of the cluster apart, as far as the workspace tells them', async () => {
    const record = await run(testBench(), [['clean', 'good']]);
    const [task] = record.tasks;
    const [attempt] = task?.attempts ?? [];
    assert.ok(task !== undefined && attempt !== undefined);
    const timesOf = (durations: RunDurations) => {
      const heard = hearing();
      const ended = { ...task, attempts: [{ ...attempt, durations }] };
      measureRuns(heard, () => [])({ type: 'task', task: ended, record });
      const times = heard.metrics.filter(({ type }) => type === 'distribution');
      return Object.fromEntries(times.map(({ name, value }) => [name, value]));
    };
    assert.deepEqual(timesOf({ queueMs: 500, setupMs: 61_234, wholeMs: 70_000 }), {
      'hermes.run.duration_seconds': 70,
      'hermes.run.queue_seconds': 0.5,
      'hermes.run.cluster_start_seconds': 61.234,
    });
    assert.deepEqual(Object.keys(timesOf({})), ['hermes.run.duration_seconds']);
  });

  it('count a request that was refused as an end without a start', async () => {
    const heard = hearing();
    const bench = testBench();
    const submitRun = async () => {
      throw new ConfigError('Cannot submit a run: no such field', { code: 'HERMES_DATABRICKS_REFUSED' });
    };
    const databricks = { ...bench.databricks, jobs: { ...bench.databricks.jobs, submitRun } };
    await run({ ...measuring(heard, bench), databricks }, [['clean', 'good']]);
    const counted = heard.metrics.filter(({ type }) => type === 'count');
    assert.deepEqual(
      counted.map(({ name, tags }) => [name, tags.outcome, tags.cause]),
      [['hermes.run.finished', 'failed', 'request']],
    );
  });

  it('have an event for what failed, where ids and links belong, and no secret', async () => {
    const heard = hearing();
    await run(measuring(heard), [
      ['clean', 'good'],
      ['report', 'raises'],
    ]);
    assert.equal(heard.events.length, 1);
    const [event] = heard.events;
    assert.equal(event?.title, 'seattle.report failed in dev: user_code');
    assert.equal(event?.key, 'seattle.report');
    assert.match(event?.text ?? '', /DAG run manual__1, attempt 1 of 1, version 1\.0\.0$/);
    assert.doesNotMatch(JSON.stringify(heard.metrics), /manual__1|http/);
  });

  it('count each attempt once, also when another process goes on with the run', async () => {
    const [first, second] = [hearing(), hearing()];
    const bench = testBench();
    const failed = await run(measuring(first, bench), [
      ['clean', 'good'],
      ['report', 'raises', { retries: 1 }],
    ]);
    const names = (heard: Heard) =>
      heard.metrics
        .filter(({ type }) => type === 'count')
        .map(({ name, tags }) => `${name} ${tags.task}`)
        .sort();
    assert.deepEqual(names(first), [
      'hermes.run.finished clean',
      'hermes.run.finished report',
      'hermes.run.finished report',
      'hermes.run.started clean',
      'hermes.run.started report',
      'hermes.run.started report',
    ]);
    await resumeRun(failed, surroundings, measuring(second, testBench({ store: bench.store })));
    assert.deepEqual(
      new Set(names(second)),
      new Set(['hermes.run.finished report', 'hermes.run.started report']),
    );
  });
});
