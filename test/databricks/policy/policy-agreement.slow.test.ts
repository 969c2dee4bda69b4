import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type JsonObject, parseJson, stringifyJson } from '../../../src/core/json.ts';
import { type Scalar, withValues } from '../../../src/databricks/policy/cluster-attributes.ts';
import { evaluatePolicy } from '../../../src/databricks/policy/evaluate-policy.ts';
import { parsePolicyDefinition } from '../../../src/databricks/policy/parse-policy.ts';
import { parsePolicyDefinition as parseThere } from '../../../src/workspace/policies/policy-definition.ts';
import { evaluatePolicy as evaluateThere } from '../../../src/workspace/policies/policy-evaluator.ts';
import { policyDefinition, requestedValues } from './policy-arbitraries.ts';

const RUNS = Number(process.env.POLICY_RUNS ?? 3000);

/** Both evaluators over one policy and one request. */
function both(definition: JsonObject, request: JsonObject) {
  const text = stringifyJson(definition);
  const { rules } = parsePolicyDefinition(text);
  const rulesThere = parseThere(text);
  assert.ok(rules !== undefined && rulesThere !== undefined, text);
  const applyDefaults = request.apply_policy_default_values === true;
  const here = evaluatePolicy(request, rules, { size: 'as asked' });
  return { here, there: evaluateThere(request, rulesThere, { applyDefaults }), rulesThere };
}

function requestOf(values: readonly (readonly [string, Scalar])[], applyDefaults: boolean): JsonObject {
  const bare = { policy_id: 'P', apply_policy_default_values: applyDefaults };
  return withValues(bare, new Map(values));
}

const cases = [policyDefinition(8), requestedValues(6), fc.boolean()] as const;

describe('the policy evaluator and the one of the embedded workspace, written without each other', () => {
  it('refuse the same attributes, and else make the same cluster, from the request and from what is sent of it', () => {
    fc.assert(
      fc.property(...cases, (definition, values, applyDefaults) => {
        const { here, there, rulesThere } = both(definition, requestOf(values, applyDefaults));
        if (here.unjudged.length > 0) return;
        const ofRules = here.violations.filter(({ rule }) => !isShape(rule));
        assert.deepEqual(ofRules.map(({ path }) => path).sort(), there.violations.map(pathOf).sort());
        if (ofRules.length > 0) return;
        const { apply_policy_default_values: _consumed, ...made } = there.spec;
        assert.deepEqual(plain(here.cluster), plain(made));
        const sent = evaluateThere(here.request, rulesThere, { applyDefaults });
        const { apply_policy_default_values: _again, ...sentMade } = sent.spec;
        assert.deepEqual(sent.violations, []);
        assert.deepEqual(plain(sentMade), plain(here.cluster));
      }),
      { numRuns: RUNS },
    );
  });

  it('take clusters of any shape without throwing', () => {
    fc.assert(
      fc.property(fc.object(), policyDefinition(5), (cluster, definition) => {
        const request = parseJson(stringifyJson({ ...cluster, apply_policy_default_values: true }));
        both(definition, request as JsonObject);
        const { rules } = parsePolicyDefinition(stringifyJson(definition));
        if (rules !== undefined) evaluatePolicy(request as JsonObject, rules);
      }),
      { numRuns: Math.ceil(RUNS / 3) },
    );
  });
});

/** Sorted keys, texts for scalars: what a reader of JSON would call equal. */
function plain(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return Array.from(value, plain);
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .filter(([, item]) => item !== null)
    .map(([key, item]) => [key, resolved(key, plain(item))])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

/** The aliases of versions are the workspace's business. */
function resolved(key: string, value: unknown): unknown {
  return key === 'spark_version' && /^auto:|^17\.3/.test(String(value)) ? 'newest' : value;
}

function isShape(rule: string): boolean {
  return /must be given|whole number|excludes (autoscale|num_workers)|must not be less than/.test(rule);
}

function pathOf(message: string): string {
  const found = /^Validation failed for (\S+?)(?:, (?!the value )(\S+))?(?:, the value)? must /.exec(message);
  assert.ok(found !== null, message);
  return found[2] === undefined ? String(found[1]) : `${found[1]}.${found[2]}`;
}
