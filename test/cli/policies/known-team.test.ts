import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operators } from '../../../operators/registry.ts';
import { Cli } from '../../../src/cli/cli.ts';
import { doubtTeams, requireKnownTeam } from '../../../src/cli/policies/known-team.ts';
import { resolveEnvironment } from '../../../src/config/resolve-environment.ts';
import { loadDags } from '../../../src/dag/load-dags.ts';
import { memoryDatabricks } from '../../fakes/memory-databricks.ts';
import { temporaryFolder } from '../../setup.ts';

/** A repository of team weather, with artifacts of team ocean-lab. */
function repository(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, '.git'));
  mkdirSync(join(folder, '.hermes', 'artifacts', 'dev', 'ocean-lab'), { recursive: true });
  writeFileSync(join(folder, 'hermes.yaml'), 'hermes: ^1.0\nteam: weather\n');
  return folder;
}

describe('a team that nothing here knows', () => {
  it('is asked about in a DAG when its name is near to one that is known', async () => {
    const folder = repository();
    const dag = (id: string, team: string) =>
      writeFileSync(
        join(folder, `${id}.dag.yaml`),
        `dag: ${id}\nteam: ${team}\ntasks:\n  a: { hermes: { project_name: x } }\n`,
      );
    for (const [id, team] of Object.entries({ a: 'wether', b: 'weather', c: 'ocean-lap', d: 'geology' }))
      dag(id, team);
    const { dags } = await loadDags(['.'], { operators, cwd: folder });
    assert.deepEqual(doubtTeams(new Cli({}, folder, {}), dags, 'dev'), [
      'a.dag.yaml: nothing here knows a team wether. Did you mean weather?',
      'c.dag.yaml: nothing here knows a team ocean-lap. Did you mean ocean-lab?',
    ]);
  });

  it('gets no policy, unless it has artifacts or a policy already', async () => {
    const folder = repository();
    const cli = new Cli({}, folder, {});
    const { policies } = memoryDatabricks();
    await policies.createPolicy('hermes-geology-dev', '{}');
    const check = (team: string) =>
      requireKnownTeam(
        cli,
        resolveEnvironment({ name: 'dev', team, folder, home: cli.home }),
        async () => policies,
      );
    await check('ocean-lab');
    await assert.rejects(check('geology'), {
      message:
        'There is no team geology in dev: no file here names it, nothing of it is published, it has no policy. Teams here: ocean-lab, weather.',
      nextStep:
        'Work in a repository of the team, whose hermes.yaml names it: hermes repo create NAME --team geology',
    });
    mkdirSync(join(folder, '.hermes', 'workspace'));
    writeFileSync(join(folder, '.hermes', 'workspace', 'workspace.db'), '');
    await check('geology');
  });
});
