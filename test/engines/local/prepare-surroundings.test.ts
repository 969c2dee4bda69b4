import assert from 'node:assert/strict';
import type { Environment } from '../../../src/config/environment.ts';
import { resolveHome } from '../../../src/config/home.ts';
import { resolveEnvironment } from '../../../src/config/resolve-environment.ts';
import { ConfigError } from '../../../src/core/errors.ts';
import { isEditedPolicy } from '../../../src/engines/local/plan/enrol.ts';
import {
  prepareSurroundings,
  previewSurroundings,
} from '../../../src/engines/local/plan/prepare-surroundings.ts';
import { memoryDatabricks } from '../../fakes/memory-databricks.ts';
import { temporaryFolder } from '../../setup.ts';

const ENROLMENT = { team: 'weather', environment: 'dev' };

function embedded(policyId: string): Environment {
  const folder = temporaryFolder();
  const home = resolveHome(folder, {});
  const environment = resolveEnvironment({ name: 'dev', team: 'weather', folder, home });
  return { ...environment, teamVariable: { ...environment.teamVariable, cluster_policy_id: policyId } };
}

describe('the policy of a team on this machine', () => {
  it('is made once, and left alone when somebody has edited it', async () => {
    const { policies } = memoryDatabricks();
    const [made] = (await prepareSurroundings([embedded('')], policies)).policies.values();
    assert.ok(made !== undefined);
    assert.equal(isEditedPolicy(made, ENROLMENT), false);
    assert.equal(
      isEditedPolicy(
        { ...made, definition: JSON.stringify(JSON.parse(made.definition), null, 2) },
        ENROLMENT,
      ),
      false,
    );
    const trial = { ...made, definition: '{"num_workers":{"type":"fixed","value":2}}' };
    await policies.editPolicy(trial);
    const again = await prepareSurroundings([embedded('')], policies);
    assert.deepEqual([...again.policies.values()], [trial]);
    assert.equal(isEditedPolicy(trial, ENROLMENT), true);
  });

  it('is the one that the first run would make in a plan, which makes none', async () => {
    const { policies } = memoryDatabricks();
    const planned = [...(await previewSurroundings([embedded('')], policies)).policies.values()];
    assert.deepEqual(await policies.listPolicies(), []);
    const [made] = (await prepareSurroundings([embedded('')], policies)).policies.values();
    assert.deepEqual(planned, [{ ...made, policyId: 'made-by-the-first-run' }]);
    const after = await previewSurroundings([embedded('')], policies);
    assert.deepEqual([...after.policies.values()], [made]);
  });

  it('is the one of whoever was faster, when two runs begin at once', async () => {
    const { policies } = memoryDatabricks();
    const create = policies.createPolicy;
    policies.createPolicy = async (name, definition) => {
      if ((await policies.listPolicies()).length > 0) throw new ConfigError('taken', { code: 'TAKEN' });
      return create(name, definition);
    };
    const [one, two] = await Promise.all([
      prepareSurroundings([embedded('')], policies),
      prepareSurroundings([embedded('')], policies),
    ]);
    assert.deepEqual([...one.policies.keys()], [...two.policies.keys()]);
    assert.equal((await policies.listPolicies()).length, 1);
  });

  it('is the one that the variable names, and then none is made', async () => {
    const { policies } = memoryDatabricks();
    const policyId = await policies.createPolicy('trial', '{}');
    const surroundings = await prepareSurroundings([embedded(policyId)], policies);
    assert.deepEqual([...surroundings.policies.keys()], [policyId]);
    assert.equal(
      (surroundings.variables.hermes_weather as { cluster_policy_id: string }).cluster_policy_id,
      policyId,
    );
    assert.equal((await policies.listPolicies()).length, 1);
  });

  it('must be there when the variable names it', async () => {
    const { policies } = memoryDatabricks();
    await policies.createPolicy('trial', '{}');
    await assert.rejects(prepareSurroundings([embedded('BCFE')], policies), (error: ConfigError) => {
      assert.equal(
        error.message,
        'Cannot work for team weather in dev: the workspace of this machine has no policy BCFE. It has P1 (trial).',
      );
      assert.equal(
        error.nextStep,
        'Correct cluster_policy_id of hermes_weather in variables/dev.json, or leave it empty: then Hermes makes one.',
      );
      return true;
    });
  });
});
