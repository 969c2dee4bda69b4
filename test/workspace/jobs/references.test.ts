import assert from 'node:assert/strict';
import { assertReferences, resolveReferences } from '../../../src/workspace/jobs/references.ts';

function refusal(text: string, parameters?: ReadonlySet<string>): string {
  try {
    assertReferences(text, ['extract', 'load'], parameters);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('a reference in a parameter', () => {
  it('is replaced by its value once; a value that looks like one stays, and so do other braces', () => {
    const values = (name: string): string | undefined =>
      ({ 'job.parameters.day': '{{task.name}}', 'task.name': 'load' })[name];
    assert.equal(
      resolveReferences('--day={{job.parameters.day}} {{ task.name }} {{ ds }} {{job.run_id}} {{', values),
      '--day={{task.name}} load {{ ds }} {{job.run_id}} {{',
    );
  });

  it('is refused when it means nothing here', () => {
    const day = new Set(['day']);
    assert.equal(refusal('{{job.parameters.day}} {{tasks.extract.run_id}} {{ ds }} {{job.id}}', day), '');
    assert.equal(
      refusal('{{job.parameters.hour}}', day),
      '{{job.parameters.hour}} names a job parameter that is not defined. Defined: day.',
    );
    assert.equal(
      refusal('{{tasks.extract.values.rows}}'),
      '{{tasks.extract.values.rows}} is a value that a task sets; this workspace keeps no task values. Write it to a file or table of the Products zone.',
    );
    assert.equal(
      refusal('{{tasks.clean.run_id}}'),
      "{{tasks.clean.run_id}} names task 'clean', which does not exist. Tasks: extract, load.",
    );
    assert.match(
      refusal('{{job.colour}}'),
      /^\{\{job\.colour\}\} is not a reference that this workspace resolves\. Known: job\.id, /,
    );
  });
});
