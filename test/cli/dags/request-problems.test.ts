import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operators } from '../../../operators/registry.ts';
import { requestProblems } from '../../../src/cli/dags/request-problems.ts';
import { resolveHome } from '../../../src/config/home.ts';
import { resolveEnvironment } from '../../../src/config/resolve-environment.ts';
import { formatProblem } from '../../../src/core/problems.ts';
import { loadDags } from '../../../src/dag/load-dags.ts';
import { temporaryFolder } from '../../setup.ts';

const NOW = new Date('2026-01-31T06:00:00Z');

async function problems(parameter: string): Promise<string[]> {
  const cwd = temporaryFolder();
  const content = `dag: seattle\nteam: weather\nparams: { city: Seattle }\ntasks:\n  clean:\n    hermes:\n      project_name: observations\n      parameters: [${JSON.stringify(parameter)}]\n`;
  writeFileSync(join(cwd, 'x.dag.yaml'), content);
  const environment = resolveEnvironment({
    name: 'dev',
    team: 'weather',
    folder: cwd,
    home: resolveHome(cwd, {}),
  });
  const { dags } = await loadDags(['x.dag.yaml'], { operators, cwd });
  const surroundings = { variables: environment.variables, policies: new Map() };
  return dags.flatMap((loaded) => requestProblems(loaded, environment, surroundings, NOW)).map(formatProblem);
}

describe('the templates of a DAG', () => {
  it('may use what a run knows', async () => {
    assert.deepEqual(
      await problems('{{ ds }} {{ params.city }} {{ var.json.hermes_weather.products_zone }}'),
      [],
    );
  });

  it('are refused with a name that no run would know', async () => {
    assert.deepEqual(await problems('{{ params.town }}'), [
      'x.dag.yaml:8:20  Task "clean": Cannot render the template "{{ params.town }}": params.town is undefined: there is no "town". It has: city.',
    ]);
    assert.equal((await problems('{{ dss }}')).length, 1);
  });
});
