import { strict as assert } from 'node:assert';
import { parseRunReference } from '../../../src/cli/runs/run-reference.ts';

describe('what a person types for a run', () => {
  it('is a name, an id, or a link', () => {
    assert.deepEqual(parseRunReference('last'), { kind: 'name', text: 'last' });
    assert.deepEqual(parseRunReference('9223372036854775807'), {
      kind: 'databricks',
      text: '9223372036854775807',
      runId: '9223372036854775807',
    });
    assert.deepEqual(parseRunReference('https://h/jobs/1/runs/1207'), {
      kind: 'databricks',
      text: 'https://h/jobs/1/runs/1207',
      runId: '1207',
      link: { host: 'https://h', jobId: '1', runId: '1207' },
    });
  });

  it('is refused when no run can be meant', () => {
    assert.throws(() => parseRunReference('9223372036854775808'), {
      message: 'Cannot find run 9223372036854775808: ids of runs go up to 9223372036854775807',
      nextStep: 'Copy the id, or the link of the run, once more.',
    });
    assert.throws(() => parseRunReference('https://h/jobs/41'), {
      message: 'Cannot find a run by the link https://h/jobs/41: it leads to no run',
      nextStep: "Copy the address of the run's own page, in quotes: 'https://HOST/jobs/41/runs/1207'",
    });
  });
});
