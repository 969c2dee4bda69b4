import assert from 'node:assert/strict';
import { systemClock } from '../../../src/core/clock.ts';
import { createDatabricks, type Databricks } from '../../../src/databricks/client.ts';
import { evaluatePolicy } from '../../../src/databricks/policy/evaluate-policy.ts';
import { parsePolicyDefinition } from '../../../src/databricks/policy/parse-policy.ts';
import { mergePolicyFamily } from '../../../src/databricks/policy/policy-family.ts';
import {
  closeWorkspaces,
  openWorkspace,
  scriptFile,
  submitBody,
  type TestWorkspace,
} from '../../workspace/workspace-harness.ts';

describe('a policy of a family', () => {
  let workspace: TestWorkspace;
  let databricks: Databricks;

  before(async () => {
    workspace = await openWorkspace();
    databricks = createDatabricks({ host: workspace.url, token: workspace.token }, { clock: systemClock });
  });
  after(closeWorkspaces);

  const create = (body: object) =>
    workspace.call<{ policy_id: string; message: string }>('POST', '/api/2.0/policies/clusters/create', body);

  it('is read with its family, its own elements in the place of the family’s', async () => {
    const overrides = JSON.stringify({ num_workers: { type: 'fixed', value: 2 } });
    const { body } = await create({
      name: 'jobs of two',
      policy_family_id: 'job-cluster',
      policy_family_definition_overrides: overrides,
    });
    const policy = await databricks.policies.getPolicy(body.policy_id);
    assert.equal(policy.familyId, 'job-cluster');
    const definition = JSON.parse(policy.definition) as Record<string, unknown>;
    assert.deepEqual(definition.num_workers, { type: 'fixed', value: 2 });
    assert.deepEqual(definition.cluster_type, { type: 'fixed', value: 'job' });
    const listed = (await databricks.policies.listPolicies()).find(({ name }) => name === 'jobs of two');
    assert.deepEqual(listed, policy);
  });

  it('makes the cluster that was foretold of it', async () => {
    const { body } = await create({ name: 'jobs', policy_family_id: 'job-cluster' });
    const { rules } = parsePolicyDefinition((await databricks.policies.getPolicy(body.policy_id)).definition);
    assert.ok(rules !== undefined);
    const asked = { policy_id: body.policy_id, apply_policy_default_values: true };
    const { request, cluster, violations } = evaluatePolicy(asked, rules);
    assert.deepEqual(violations, []);
    // A range beside the family's default number of workers would be refused.
    assert.deepEqual(request, { ...asked, num_workers: 1 });
    const bare = { num_workers: undefined, spark_version: undefined, node_type_id: undefined };
    const runId = await workspace.submit('', { cluster: { ...bare, ...request } });
    const { cluster_name: _given, ...made } = (await workspace.run(runId)).tasks[0]?.new_cluster ?? {};
    assert.deepEqual(made, { ...cluster, spark_version: '17.3.x-scala2.13' });
  });

  it('obeys elements that its overrides changed', async () => {
    const overrides = JSON.stringify({ node_type_id: { type: 'fixed', value: 'm5.large' } });
    const { body } = await create({
      name: 'one machine',
      policy_family_id: 'job-cluster',
      policy_family_definition_overrides: overrides,
    });
    const refused = await workspace.call<{ message: string }>(
      'POST',
      '/api/2.2/jobs/runs/submit',
      submitBody(scriptFile(''), { cluster: { policy_id: body.policy_id, node_type_id: 'p4d.24xlarge' } }),
    );
    assert.equal(
      refused.body.message,
      'Cluster validation error: Validation failed for node_type_id must be m5.large (is "p4d.24xlarge")',
    );
  });

  it('needs a family that exists, and no definition beside it', async () => {
    const unknown = await create({ name: 'x', policy_family_id: 'jobs' });
    assert.deepEqual(
      [unknown.status, unknown.body.message],
      [404, "Can't find a policy family with id: jobs"],
    );
    const both = await create({ name: 'x', policy_family_id: 'job-cluster', definition: '{}' });
    assert.equal(both.body.message, 'policy_family_id and definition cannot be used together');
    const alone = await create({ name: 'x', policy_family_definition_overrides: '{}' });
    assert.equal(alone.body.message, 'policy_family_definition_overrides needs a policy_family_id');
  });

  it('stands with the families that the workspace lists', async () => {
    const { body } = await workspace.call<{ policy_families: { policy_family_id: string }[] }>(
      'GET',
      '/api/2.0/policy-families',
    );
    assert.deepEqual(body.policy_families.map((family) => family.policy_family_id).sort(), [
      'job-cluster',
      'personal-vm',
      'power-user',
      'shared-compute',
      'shared-data-science',
    ]);
  });

  it('keeps a broken text, so that its reader finds what is wrong', () => {
    assert.equal(mergePolicyFamily('{"a":1}', ''), '{"a":1}');
    assert.equal(mergePolicyFamily('{"a":1}', '{'), '{');
    assert.equal(mergePolicyFamily('[', '{}'), '[');
  });
});
