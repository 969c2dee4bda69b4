import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operators } from '../../../operators/registry.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import { loadDags } from '../../../src/dag/load-dags.ts';
import { compileDags } from '../../../src/engines/airflow/compile/compile-dags.ts';

const FOLDER = join(packageRoot, 'test', 'fixtures', 'airflow');
const GOLDEN = join(FOLDER, 'manifest.json');

describe('the manifest of DAGs', () => {
  it('says of three DAGs what the golden file says (UPDATE_GOLDEN=1 writes it)', async () => {
    const files = ['dags/plain.dag.yaml', 'dags/every-option.dag.yaml'];
    const { dags, problems } = await loadDags(files, { operators, cwd: FOLDER });
    assert.deepEqual(problems, []);
    const manifest: unknown = compileDags(dags).map(({ line }) => JSON.parse(line));
    if (process.env.UPDATE_GOLDEN !== undefined)
      writeFileSync(GOLDEN, `${JSON.stringify(manifest, null, 1)}\n`);
    assert.deepEqual(manifest, JSON.parse(readFileSync(GOLDEN, 'utf8')));
  });
});
