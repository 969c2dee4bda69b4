import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operators } from '../../../operators/registry.ts';
import { secretAdvice } from '../../../src/cli/dags/secret-advice.ts';
import { formatProblem } from '../../../src/core/problems.ts';
import { loadDags } from '../../../src/dag/load-dags.ts';
import { temporaryFolder } from '../../setup.ts';

async function advice(...variables: readonly string[]): Promise<string[]> {
  const cwd = temporaryFolder();
  const tasks = variables.map((env, index) => `  t${index}: { hermes: { project_name: x, env: ${env} } }\n`);
  writeFileSync(join(cwd, 'x.dag.yaml'), `dag: seattle\nteam: weather\ntasks:\n${tasks.join('')}`);
  const { dags, problems } = await loadDags(['x.dag.yaml'], { operators, cwd });
  assert.deepEqual(problems, []);
  return dags.flatMap(secretAdvice).map(formatProblem);
}

describe('a secret among the variables of a task', () => {
  it('is advised to become one of Databricks, once for all tasks that have it', async () => {
    assert.deepEqual(await advice('{ DB_PASSWORD: hunter2, MODE: fast }', '{ DB_PASSWORD: "{{ ds }}" }'), [
      'x.dag.yaml:4:3  Tasks "t0", "t1": the value of DB_PASSWORD can be read in the file and on the page of the cluster. Keep it as a secret of Databricks: DB_PASSWORD: "{{secrets/SCOPE/KEY}}".',
    ]);
  });

  it('is left alone as such a one, however it is written, and as a variable of the environment', async () => {
    const written = [
      '"{{secrets/weather/db}}"',
      '"{% raw %}{{secrets/weather/db}}{% endraw %}"',
      '"{{ var.value.db }}"',
      '""',
    ];
    assert.deepEqual(await advice(...written.map((value) => `{ DB_PASSWORD: ${value} }`)), []);
  });
});
