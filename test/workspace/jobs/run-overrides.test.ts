import assert from 'node:assert/strict';
import { overriddenTask, parseOverrides } from '../../../src/workspace/jobs/run-overrides.ts';
import { fieldsOf } from '../../../src/workspace/wire/fields.ts';

const none = new Map<string, string>();
const day = new Map([['day', 'monday']]);

describe('what run-now changes', () => {
  it('takes the place of the parameters of scripts and is added to what has names', () => {
    const script = { spark_python_task: { python_file: '/x.py', parameters: ['old'] } };
    assert.deepEqual(overriddenTask(script, { python_params: ['new'] }, day), {
      spark_python_task: { python_file: '/x.py', parameters: ['new'] },
    });
    const notebook = { notebook_task: { notebook_path: '/n', base_parameters: { day: 'x', a: '1' } } };
    assert.deepEqual(overriddenTask(notebook, { notebook_params: { a: '2' } }, day), {
      notebook_task: { notebook_path: '/n', base_parameters: { day: 'monday', a: '2' } },
    });
    const wheel = { python_wheel_task: { package_name: 'p', named_parameters: { a: '1' } } };
    assert.deepEqual(overriddenTask(wheel, { python_named_params: { b: '2' } }, day), {
      python_wheel_task: { package_name: 'p', named_parameters: { a: '1', day: 'monday', b: '2' } },
    });
    const listed = { python_wheel_task: { package_name: 'p', parameters: ['a'] } };
    assert.deepEqual(overriddenTask(listed, {}, day), listed);
    assert.deepEqual(overriddenTask(script, {}, none), script);
  });

  it('may be empty, as clients send what they leave alone, but not of two kinds at once', () => {
    const parse = (body: object) => parseOverrides(fieldsOf(body as never));
    assert.deepEqual(parse({ jar_params: [], notebook_params: {}, python_params: [] }), {});
    assert.throws(() => parse({ job_parameters: { a: '1' }, python_params: ['b'] }), {
      message: 'job_parameters cannot be given together with python_params.',
    });
    assert.throws(() => parse({ jar_params: ['a'] }), {
      message: 'jar_params is for tasks of a kind that this workspace does not run.',
    });
  });
});
