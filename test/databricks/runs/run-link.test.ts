import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { looksLikeLink, parseRunLink } from '../../../src/databricks/runs/run-link.ts';

const HOST = 'https://dbc-1.cloud.databricks.com';

describe('the link of a run', () => {
  it('is read in every form in which people get it', () => {
    const forms = [
      `${HOST}/jobs/41/runs/1207?o=7474`,
      `${HOST}/jobs/41/runs/1207`,
      `${HOST}/jobs/41/runs/1207/?w=7474#log`,
      `${HOST}/?o=7474#job/41/run/1207`,
      `${HOST}/#job/41/run/1207`,
      `${HOST}#job/41/run/1207`,
      `<${HOST}/jobs/41/runs/1207?o=7474|See Databricks Job Run>`,
      ` "${HOST}/jobs/41/runs/1207" `,
      `${HOST}/jobs/41/runs/1207.`,
      'DBC-1.cloud.databricks.com/jobs/41/runs/1207',
    ];
    for (const form of forms)
      assert.deepEqual(parseRunLink(form), { host: HOST, jobId: '41', runId: '1207' }, form);
    assert.deepEqual(parseRunLink('http://127.0.0.1:7413/jobs/41/runs/1208'), {
      host: 'http://127.0.0.1:7413',
      jobId: '41',
      runId: '1208',
    });
  });

  it('keeps every digit of an id', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (id) => {
        assert.equal(parseRunLink(`${HOST}/jobs/1/runs/${id}?o=1`)?.runId, id.toString());
        assert.equal(parseRunLink(`${HOST}/?o=1#job/${id}/run/${id}`)?.runId, id.toString());
      }),
    );
  });

  it('is nothing else: other pages, ids, names of runs', () => {
    for (const text of [`${HOST}/jobs/41`, `${HOST}/compute/clusters/1`, 'https://']) {
      assert.equal(parseRunLink(text), undefined, text);
      assert.equal(looksLikeLink(text), true, text);
    }
    for (const text of ['last', '1207', 'manual__2026-11-21T06:00:00+00:00', 'seattle/manual__1', '', '-']) {
      assert.equal(parseRunLink(text), undefined, text);
      assert.equal(looksLikeLink(text), false, text);
    }
  });

  it('never fails, whatever it is given', () => {
    fc.assert(fc.property(fc.string(), (text) => parseRunLink(text)?.runId !== ''));
  });
});
