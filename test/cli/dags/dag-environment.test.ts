import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operators } from '../../../operators/registry.ts';
import { environmentProblems } from '../../../src/cli/dags/dag-environment.ts';
import { resolveHome } from '../../../src/config/home.ts';
import { resolveEnvironment } from '../../../src/config/resolve-environment.ts';
import { formatProblem } from '../../../src/core/problems.ts';
import { loadDags } from '../../../src/dag/load-dags.ts';
import { temporaryFolder } from '../../setup.ts';

describe('what only the environment makes a mistake', () => {
  it('is a tag that the platform gives with another value', async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, '.git'));
    mkdirSync(join(cwd, 'variables'));
    const variable = {
      environment: 'dev',
      production: false,
      artifacts: `file://${cwd}/artifacts`,
      cluster_policy_id: '',
      read_prefix: 'prod_',
      products_zone: `file://${cwd}/products`,
      databricks_conn_id: 'databricks_default',
      datadog: { site: 'datadoghq.eu', tags: ['cost-center:42', 'domain:climate'] },
    };
    writeFileSync(join(cwd, 'variables', 'dev.json'), JSON.stringify({ hermes_weather: variable }));
    writeFileSync(
      join(cwd, 'x.dag.yaml'),
      'dag: seattle\nteam: weather\ntags: [Cost-Center:7, "domain:climate"]\ntasks:\n  clean: { hermes: { project_name: x } }\n',
    );
    const home = resolveHome(cwd, {});
    const environment = resolveEnvironment({ name: 'dev', team: 'weather', folder: cwd, home });
    const { dags, problems } = await loadDags(['x.dag.yaml'], { operators, cwd });
    assert.deepEqual(problems, []);
    assert.deepEqual(dags.flatMap((loaded) => environmentProblems(loaded, environment)).map(formatProblem), [
      'x.dag.yaml:1:1  The tags "cost-center:42" and "Cost-Center:7" give cost-center two values. A cluster keeps one; choose another key. The first one comes from the platform, for dev.',
    ]);
  });
});
