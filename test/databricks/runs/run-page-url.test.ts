import { strict as assert } from 'node:assert';
import { runPageUrl } from '../../../src/databricks/runs/run-page-url.ts';

describe('the page of a run', () => {
  it('is rewritten from the legacy form, which only admins can open', () => {
    assert.equal(
      runPageUrl('https://dbc-1.cloud.databricks.com/?o=7474#job/12/run/34'),
      'https://dbc-1.cloud.databricks.com/jobs/12/runs/34?o=7474',
    );
    assert.equal(
      runPageUrl('https://dbc-1.cloud.databricks.com#job/12/run/34'),
      'https://dbc-1.cloud.databricks.com/jobs/12/runs/34',
    );
  });

  it('stays as it is in any other form', () => {
    for (const url of [
      'https://h/jobs/1/runs/2?o=3',
      'http://127.0.0.1:7413/jobs/1/runs/2',
      'https://h/?o=1#job/x',
      '',
    ]) {
      assert.equal(runPageUrl(url), url);
    }
  });
});
