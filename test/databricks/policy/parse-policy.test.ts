import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePolicyDefinition } from '../../../src/databricks/policy/parse-policy.ts';

const TYPES = 'Types: fixed, forbidden, allowlist, blocklist, regex, range, unlimited.';

function problemsOf(definition: unknown): string[] {
  const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
  return parsePolicyDefinition(text).problems.map(({ path, severity, message, hint }) =>
    [`${severity} ${path.join(' › ')}:`, message, ...(hint === undefined ? [] : [hint])].join(' '),
  );
}

describe('a policy definition that nobody can use', () => {
  const unusable: readonly [string, unknown, string][] = [
    [
      'is no JSON',
      '{',
      "unusable : The definition is not JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2).",
    ],
    ['is a list', [], 'unusable : A definition must be a JSON object of path → element, not a list.'],
    [
      'has a list for an element',
      { num_workers: [1] },
      `unusable num_workers: num_workers must be an object with a type, not a list. ${TYPES}`,
    ],
    [
      'has an element without a type',
      { num_workers: { value: 1 } },
      `unusable num_workers: num_workers has no type. ${TYPES}`,
    ],
    [
      'has a type that does not exist',
      { num_workers: { type: 'allowList', values: [1] } },
      `unusable num_workers › type: num_workers: "allowList" is not a type of element. ${TYPES} Did you mean allowlist?`,
    ],
    [
      'fixes nothing',
      { num_workers: { type: 'fixed' } },
      'unusable num_workers: num_workers: a fixed element needs a value (a text, a number, true or false); it has none.',
    ],
    [
      'fixes an object',
      { autoscale: { type: 'fixed', value: { min_workers: 1 } } },
      'unusable autoscale › value: autoscale: a fixed element needs a value (a text, a number, true or false); it has an object.',
    ],
    [
      'allows nothing',
      { node_type_id: { type: 'allowlist', values: [] } },
      'unusable node_type_id › values: node_type_id: an element of type allowlist needs values: a list of at least one text, number, true or false.',
    ],
    [
      'has a range without ends',
      { num_workers: { type: 'range' } },
      'unusable num_workers: num_workers: a range element needs minValue, maxValue or both.',
    ],
    [
      'has a range of texts',
      { num_workers: { type: 'range', minValue: 'two' } },
      'unusable num_workers › minValue: num_workers: minValue must be a number, not "two".',
    ],
    [
      'has no pattern',
      { node_type_id: { type: 'regex' } },
      'unusable node_type_id: node_type_id: a regex element needs a pattern, as a text.',
    ],
    [
      'has a broken pattern',
      { node_type_id: { type: 'regex', pattern: 'm5(' } },
      'unusable node_type_id › pattern: node_type_id: the pattern "m5(" cannot be read: unterminated group.',
    ],
  ];
  for (const [behaviour, definition, problem] of unusable)
    it(behaviour, () => {
      assert.deepEqual(problemsOf(definition), [problem]);
      const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
      assert.equal(parsePolicyDefinition(text).rules, undefined);
    });

  it('is told every mistake at once', () => {
    const definition = {
      a: [],
      num_workers: { type: 'fixed' },
      spark_version: { type: 'regex', pattern: '[' },
    };
    const paths = parsePolicyDefinition(JSON.stringify(definition))
      .problems.filter(({ severity }) => severity === 'unusable')
      .map(({ path }) => path);
    assert.deepEqual(paths, [['a'], ['num_workers'], ['spark_version', 'pattern']]);
  });
});

describe('a policy definition that does not say what it means', () => {
  const mistakes: readonly [string, unknown, string][] = [
    [
      'has a key that no such element has',
      { num_workers: { type: 'range', maxValue: 2, default: 1 } },
      'error num_workers › default: num_workers: default is not a key of an element of type range. Allowed: type, minValue, maxValue, defaultValue, isOptional, hidden.',
    ],
    [
      'has a slip in a key',
      { num_workers: { type: 'range', maxValue: 2, isOptionl: true } },
      'error num_workers › isOptionl: num_workers: isOptionl is not a key of an element of type range. Did you mean isOptional?',
    ],
    [
      'makes a fixed value optional',
      { num_workers: { type: 'fixed', value: 1, isOptional: true } },
      'warning num_workers › isOptional: num_workers: isOptional has no effect in an element of type fixed.',
    ],
    [
      'has a flag that is neither true nor false',
      { num_workers: { type: 'unlimited', isOptional: 'yes' } },
      'error num_workers › isOptional: num_workers: isOptional must be true or false, not "yes".',
    ],
    [
      'refuses its own default',
      { num_workers: { type: 'range', maxValue: 2, defaultValue: 4 } },
      'error num_workers › defaultValue: num_workers: its own default 4 is refused: num_workers must be at most 2.',
    ],
    [
      'leaves no number between its ends',
      { num_workers: { type: 'range', minValue: 5, maxValue: 2 } },
      'error num_workers › minValue: num_workers: no number is at least 5 and at most 2.',
    ],
    [
      'names the log destination as the API does',
      { 'cluster_log_conf.s3.destination': { type: 'fixed', value: 's3://logs' } },
      'error cluster_log_conf.s3.destination: cluster_log_conf.s3.destination is the name of the API, which policies do not know. Write cluster_log_conf.path, and the kind (DBFS, S3, VOLUMES) as cluster_log_conf.type.',
    ],
    [
      'limits a part of the request',
      { policy_id: { type: 'fixed', value: 'P' } },
      'error policy_id: policy_id belongs to a request, not to the cluster: no policy can limit it.',
    ],
    [
      'names a list without an element',
      { 'init_scripts.s3.destination': { type: 'forbidden' } },
      'error init_scripts.s3.destination: init_scripts.s3.destination names no element of the list init_scripts: write init_scripts.0 for the first, init_scripts.* for all others.',
    ],
    [
      'names an element that no list has',
      { 'init_scripts.999999999.s3.destination': { type: 'fixed', value: 's3://a' } },
      'error init_scripts.999999999.s3.destination: init_scripts.999999999.s3.destination names an element that no list of a cluster has: ten are the most.',
    ],
    [
      'names a group of attributes',
      { autoscale: { type: 'unlimited' } },
      'error autoscale: autoscale is a group of attributes, not one: name autoscale.min_workers, autoscale.max_workers.',
    ],
    [
      'names a map without a key',
      { custom_tags: { type: 'unlimited' } },
      'error custom_tags: custom_tags names no key of the map custom_tags: write custom_tags.<key>.',
    ],
    [
      'gives a number attribute a text',
      { num_workers: { type: 'allowlist', values: [1, 'two'] } },
      'error num_workers › values: num_workers: "two" can never be its value: num_workers is a number.',
    ],
    [
      'puts a range on a text',
      { node_type_id: { type: 'range', maxValue: 2 } },
      'error node_type_id: node_type_id is a text, and a range admits numbers only.',
    ],
    [
      'names a kind of cluster that does not exist',
      { cluster_type: { type: 'fixed', value: 'jobs' } },
      'error cluster_type › value: cluster_type: "jobs" can never be its value: cluster_type is one of all-purpose, job, dlt. Did you mean job?',
    ],
    [
      'fixes the cost of an hour',
      { dbus_per_hour: { type: 'fixed', value: 10 } },
      'error dbus_per_hour: dbus_per_hour can only be a range with a maxValue, and without a minValue.',
    ],
    [
      'wants both kinds of size',
      { num_workers: { type: 'fixed', value: 1 }, 'autoscale.max_workers': { type: 'range', maxValue: 2 } },
      'error num_workers: No cluster can be made: the policy wants num_workers and autoscale.max_workers, and a cluster has one or the other. Forbid one of them, or make it optional.',
    ],
    [
      'wants more workers at least than at most',
      {
        'autoscale.min_workers': { type: 'fixed', value: 3 },
        'autoscale.max_workers': { type: 'range', maxValue: 2 },
      },
      'error autoscale.min_workers: autoscale.min_workers is at least 3, and autoscale.max_workers at most 2.',
    ],
    [
      'may misspell an attribute',
      { spark_versoin: { type: 'unlimited' } },
      'warning spark_versoin: spark_versoin is not an attribute that policies are documented to know. Did you mean spark_version?',
    ],
    [
      'may misspell a map',
      { 'spark_config.a.b': { type: 'unlimited' } },
      'warning spark_config.a.b: spark_config.a.b is not an attribute that policies are documented to know. Did you mean spark_conf.a.b?',
    ],
    [
      'hopes for a wildcard in a map',
      { 'custom_tags.*': { type: 'unlimited', isOptional: true } },
      'warning custom_tags.*: custom_tags.* speaks of a key that is called *: there is no wildcard for the keys of a map.',
    ],
    [
      'hopes that a wildcard fills something in',
      { 'ssh_public_keys.*': { type: 'fixed', value: 'k' } },
      'warning ssh_public_keys.*: ssh_public_keys.* only checks the elements that a request has: nothing is filled in for *.',
    ],
  ];
  for (const [behaviour, definition, problem] of mistakes)
    it(behaviour, () => {
      assert.deepEqual(problemsOf(definition), [problem]);
      assert.ok(parsePolicyDefinition(JSON.stringify(definition)).rules !== undefined);
    });
});

describe('reading a policy definition', () => {
  it('takes an empty text for a policy without rules', () => {
    assert.deepEqual(parsePolicyDefinition('').rules?.all, []);
  });

  it('finds nothing wrong with a policy that says what it means', () => {
    const definition = {
      cluster_type: { type: 'fixed', value: 'job' },
      dbus_per_hour: { type: 'range', maxValue: 10 },
      spark_version: {
        type: 'regex',
        pattern: '1[5-7]\\.[0-9]+\\.x-scala.*',
        defaultValue: '15.4.x-scala2.12',
      },
      'init_scripts.0.s3.destination': { type: 'fixed', value: 's3://a', hidden: true },
      'init_scripts.*': { type: 'forbidden' },
      docker_image: { type: 'forbidden' },
      'cluster_log_conf.type': { type: 'allowlist', values: ['S3', 'NONE'] },
      'workload_type.clients.jobs': { type: 'fixed', value: true },
    };
    assert.deepEqual(problemsOf(definition), []);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const { rules, problems } = parsePolicyDefinition(text);
        assert.equal(
          rules === undefined,
          problems.some(({ severity }) => severity === 'unusable'),
        );
      }),
    );
  });
});
