import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type JsonObject, stringifyJson } from '../../../src/core/json.ts';
import { withValues } from '../../../src/databricks/policy/cluster-attributes.ts';
import { evaluatePolicy } from '../../../src/databricks/policy/evaluate-policy.ts';
import { parsePolicyDefinition } from '../../../src/databricks/policy/parse-policy.ts';
import {
  closeWorkspaces,
  openWorkspace,
  submitBody,
  type TestWorkspace,
} from '../../workspace/workspace-harness.ts';
import { policyDefinition, requestedValues } from './policy-arbitraries.ts';

const TOKEN = 'the-run-that-is-there';
const SIZES: readonly JsonObject[] = [
  ...[0, 1, 2, 3, 4].map((num_workers) => ({ num_workers })),
  ...[1, 2, 3, 4].flatMap((min_workers) =>
    [1, 2, 3, 4, 8, 9].map((max_workers) => ({ autoscale: { min_workers, max_workers } })),
  ),
  {},
];

describe('what the policy evaluator says and what the embedded workspace does', () => {
  let workspace: TestWorkspace;
  let policies = 0;

  before(async () => {
    workspace = await openWorkspace();
    await workspace.submit('', { top: { idempotency_token: TOKEN } });
  });
  after(closeWorkspaces);

  /** The policy is judged before the token is looked up, so that a repeat starts nothing. */
  const isAccepted = async (cluster: JsonObject): Promise<boolean> => {
    const bare = { num_workers: undefined, spark_version: undefined, node_type_id: undefined };
    const body = submitBody('file:///x.py', {
      top: { idempotency_token: TOKEN },
      cluster: { ...bare, ...cluster },
    });
    const { status } = await workspace.call('POST', '/api/2.2/jobs/runs/submit', body);
    assert.ok(status === 200 || status === 400, `status ${status}`);
    return status === 200;
  };
  const create = async (definition: JsonObject): Promise<string> => {
    const body = { name: `random-${policies++}`, definition: stringifyJson(definition) };
    const answer = await workspace.call<{ policy_id: string }>(
      'POST',
      '/api/2.0/policies/clusters/create',
      body,
    );
    return answer.body.policy_id;
  };
  const always: JsonObject = {
    spark_version: { type: 'unlimited', defaultValue: '15.4.x-scala2.12', isOptional: true },
    node_type_id: { type: 'unlimited', defaultValue: 'm5.large', isOptional: true },
  };

  it('agree for every request as it is asked', async () => {
    await fc.assert(
      fc.asyncProperty(
        policyDefinition(3),
        requestedValues(5),
        fc.boolean(),
        async (rules, values, defaults) => {
          const definition = { ...always, ...rules };
          const policyId = await create(definition);
          const request = withValues(
            { policy_id: policyId, apply_policy_default_values: defaults },
            new Map(values),
          );
          const parsed = parsePolicyDefinition(stringifyJson(definition)).rules;
          assert.ok(parsed !== undefined);
          const here = evaluatePolicy(request, parsed, { size: 'as asked' });
          if (here.unjudged.length > 0) return;
          assert.equal(await isAccepted(request), here.violations.length === 0);
          if (here.violations.length === 0) assert.ok(await isAccepted(here.request));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('agree that no size passes where Hermes finds none', async () => {
    await fc.assert(
      fc.asyncProperty(policyDefinition(5), async (rules) => {
        const size = Object.entries(rules).filter(([path]) => /workers$/.test(path));
        const definition = { ...always, ...Object.fromEntries(size) };
        const policyId = await create(definition);
        const request = { policy_id: policyId, apply_policy_default_values: true };
        const parsed = parsePolicyDefinition(stringifyJson(definition)).rules;
        assert.ok(parsed !== undefined);
        const here = evaluatePolicy(request, parsed);
        if (here.violations.length === 0) return assert.ok(await isAccepted(here.request));
        for (const one of SIZES)
          assert.equal(await isAccepted({ ...request, ...one }), false, stringifyJson(one));
      }),
      { numRuns: 60 },
    );
  });
});
