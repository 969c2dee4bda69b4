import assert from 'node:assert/strict';
import fc from 'fast-check';
import { eventLine, metricLine } from '../../src/telemetry/statsd-line.ts';

const tags = { team: 'weather', 'compaas-service': 'hermes' };
const event = {
  title: 'Título ñ',
  text: 'día\n上海 🚀',
  key: 'seattle.clean',
  alert: 'error',
  tags,
} as const;

/** Reads an event as the agent does: it cuts the bytes that the lengths say. */
function readEvent(line: string): { title: string; text: string; rest: string } {
  const [head = '', title = '', text = ''] = /^_e\{(\d+),(\d+)\}:/.exec(line) ?? [];
  const bytes = Buffer.from(line).subarray(head.length);
  const afterTitle = Number(title) + 1;
  assert.equal(bytes[Number(title)], '|'.charCodeAt(0));
  const end = afterTitle + Number(text);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return {
    title: decoder.decode(bytes.subarray(0, Number(title))),
    text: decoder.decode(bytes.subarray(afterTitle, end)),
    rest: decoder.decode(bytes.subarray(end)),
  };
}

describe('a line of DogStatsD', () => {
  it('says name, value, type and tags of a metric', () => {
    const metric = {
      name: 'hermes.run.duration_seconds',
      tags,
      value: 12.3456,
      type: 'distribution',
    } as const;
    assert.equal(
      metricLine(metric),
      'hermes.run.duration_seconds:12.346|d|#team:weather,compaas-service:hermes',
    );
    assert.equal(
      metricLine({ ...metric, type: 'count', value: 1, tags: {} }),
      'hermes.run.duration_seconds:1|c',
    );
    assert.equal(metricLine({ ...metric, value: 1e-7, tags: {} }), 'hermes.run.duration_seconds:0|d');
    assert.equal(metricLine({ ...metric, value: 100.5, tags: {} }), 'hermes.run.duration_seconds:100.5|d');
  });

  it('counts bytes of UTF-8 in an event, and keeps it on one line', () => {
    // What the Python client of Datadog sends for the same (datadog 0.56, statsd.event).
    assert.equal(
      eventLine(event, 1432),
      '_e{10,17}:Título ñ|día\\n上海 🚀|k:seattle.clean|t:error|#team:weather,compaas-service:hermes',
    );
  });

  it('cuts an event between characters to what a datagram may hold', () => {
    const line = eventLine({ ...event, text: '🚀'.repeat(1000) }, 200);
    assert.equal(Buffer.byteLength(line) <= 200, true);
    const { title, text, rest } = readEvent(line);
    assert.equal(title, 'Título ñ');
    assert.match(text, /^(🚀)+…$/u);
    assert.equal(rest, '|k:seattle.clean|t:error|#team:weather,compaas-service:hermes');
  });

  it('reads back as it was written, whatever title and text hold', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.string({ unit: 'binary' }),
        (title, text) => {
          const line = eventLine({ ...event, title, text }, 1432);
          assert.equal(line.includes('\n'), false);
          assert.equal(Buffer.byteLength(line) <= 1432, true);
          const read = readEvent(line);
          const written = title.toWellFormed().replace(/\r\n?|\n/g, '\\n');
          assert.equal(read.title.replace(/…$/, ''), written.slice(0, read.title.replace(/…$/, '').length));
          assert.equal(read.rest, '|k:seattle.clean|t:error|#team:weather,compaas-service:hermes');
        },
      ),
    );
  });
});
