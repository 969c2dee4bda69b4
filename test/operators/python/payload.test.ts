import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonPayload } from '../../../operators/python/payload.ts';
import { packageRoot } from '../../../src/core/package-root.ts';

const FILE = join(packageRoot, 'operators', 'python', 'hermes_airflow', 'payload.json');

describe('the template of the Python operator', () => {
  it('is what the operator of TypeScript plans (UPDATE_GOLDEN=1 writes it)', () => {
    const current = pythonPayload();
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(FILE, `${JSON.stringify(current, null, 2)}\n`);
    assert.deepEqual(JSON.parse(readFileSync(FILE, 'utf8')), current);
  });

  it('changes with an option in one place only', () => {
    assert.deepEqual(pythonPayload().changes, {
      no_wheel: {
        path: ['tasks', 0, 'libraries'],
        value: [{ whl: "{{ ti.xcom_pull(task_ids='resolve_artifacts')[ti.task_id]['runtime_url'] }}" }],
      },
      no_data_sharing: {
        path: ['tasks', 0, 'new_cluster', 'spark_env_vars', 'HERMES_READ_PREFIX'],
        value: '',
      },
    });
  });
});
