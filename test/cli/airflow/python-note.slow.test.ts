import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../setup.ts';
import { begin } from '../spawned-hermes.ts';

describe('Python files among the DAG files', () => {
  it('are not deployed, which compile and deploy say', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'dags', 'lib'), { recursive: true });
    writeFileSync(join(folder, 'hermes.yaml'), 'hermes: ">=0"\nteam: weather\n');
    writeFileSync(
      join(folder, 'dags', 'sea.dag.yaml'),
      'dag: sea\nteam: weather\ntasks:\n  a:\n    hermes: { project_name: sea }\n',
    );
    for (const name of ['by_hand.py', 'lib/words.py']) writeFileSync(join(folder, 'dags', name), '');
    const said =
      '? 2 Python files are not deployed by Hermes: dags/by_hand.py, dags/lib/words.py. Who does it: docs/guides/airflow-python.md\n';
    for (const words of [['compile'], ['deploy', '--plan']]) {
      const { code, stderr } = await begin(folder, ['airflow', ...words]).finished;
      assert.equal(code, 0, stderr);
      assert.ok(stderr.includes(said), stderr);
    }
  });
});
