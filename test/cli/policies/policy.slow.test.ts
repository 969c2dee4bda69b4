import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hermes, printedObjects } from '../../hermes.ts';
import { temporaryFolder } from '../../setup.ts';

const BROKEN = `{
  "spark_version": { "type": "fixd", "value": "15.4" },
  "num_workers": { "type": "range", "minValue": 5, "maxValue": 2 },
  "cluster_log_conf.s3.destination": { "type": "fixed", "value": "s3://logs" }
}
`;
const STRICT = `{
  "spark_version": { "type": "fixed", "value": "auto:latest-lts" },
  "node_type_id": { "type": "fixed", "value": "m5.large" },
  "node_typ_id": { "type": "unlimited", "isOptional": true },
  "spark_conf.spark.databricks.acl.needAdminPermissionToViewLogs": { "type": "forbidden" },
  "custom_tags.team": { "type": "fixed", "value": "ocean" }
}
`;

const DEFAULTS = {
  spark_version: { type: 'fixed', value: '15.4.x-scala2.12' },
  node_type_id: { type: 'fixed', value: 'm5.xlarge' },
};

/** Asks the workspace of a folder as an administrator would, by its REST API. */
async function workspaceCall(folder: string, method: string, action: string, body?: object) {
  const home = join(folder, '.hermes', 'workspace');
  const { url } = JSON.parse(readFileSync(join(home, 'server.json'), 'utf8'));
  const token = readFileSync(join(home, 'owner-token'), 'utf8').trim();
  const response = await fetch(`${url}/api/2.0/policies/clusters/${action}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  assert.equal(response.status, 200);
  return JSON.parse(await response.text());
}

describe('a policy by the command line', () => {
  let folder = '';

  before(() => {
    folder = temporaryFolder();
    mkdirSync(join(folder, '.hermes'));
    writeFileSync(join(folder, '.hermes', 'embedded.json'), '{}');
    writeFileSync(join(folder, 'hermes.yaml'), 'hermes: ^1.0\nteam: weather\n');
    writeFileSync(join(folder, 'broken.json'), BROKEN);
    writeFileSync(join(folder, 'strict.json'), STRICT);
  });
  after(() => hermes(folder, ['workspace', 'stop']));

  it('is shown in words, with the cluster that comes of it', async () => {
    const { stdout, exitCode } = await hermes(folder, ['policy', 'show']);
    assert.equal(exitCode, 0);
    const lines = stdout.replace(/policy [0-9A-F]{16}/, 'policy ID').split('\n');
    assert.deepEqual(lines.slice(0, 10), [
      'hermes-weather-dev · dev · team weather · policy ID',
      'fixed   the policy fills it in; leave it out',
      '  cluster_type                          "job"',
      '  node_type_id                          "m5.xlarge"',
      '  autoscale.min_workers                 1',
      '  autoscale.max_workers                 2',
      '  aws_attributes.instance_profile_arn   "arn:aws:iam::000000000000:instance-profile/hermes-weather-dev"',
      '  custom_tags.team                      "weather"',
      'default   filled in where the request leaves it out',
      '  spark_version                         "15.4.x-scala2.12"; may be anything',
    ]);
    assert.ok(lines.includes('the cluster has besides   from the policy'));
    assert.ok(lines.includes('  spark_version                         15.4.x-scala2.12'));
  });

  it('can be taken along as a file, by what checks and plans without a workspace', async () => {
    const shown = await hermes(folder, ['policy', 'show', 'weather', '--json']);
    const [policy] = printedObjects(shown.stdout) as [{ name: string; definition: string; policyId: string }];
    assert.equal(policy.name, 'hermes-weather-dev');
    assert.equal(JSON.parse(policy.definition).node_type_id.value, 'm5.xlarge');
    writeFileSync(join(folder, 'policy.json'), shown.stdout);
    const checked = await hermes(folder, ['policy', 'check', '--file', 'policy.json']);
    assert.equal(
      checked.stdout,
      '✓ policy hermes-weather-dev · 7 rules · the cluster that Hermes makes passes\n',
    );
  });

  it('is checked in the workspace', async () => {
    const { stdout, exitCode } = await hermes(folder, ['policy', 'check', 'weather', '--env', 'prod']);
    assert.equal(stdout, '✓ policy hermes-weather-prod · 7 rules · the cluster that Hermes makes passes\n');
    assert.equal(exitCode, 0);
  });

  it('is checked in a file: every mistake with its line', async () => {
    const { stderr, exitCode } = await hermes(folder, ['policy', 'check', '--file', 'broken.json']);
    assert.deepEqual(stderr.split('\n'), [
      'broken.json:2:30  spark_version: "fixd" is not a type of element. Types: fixed, forbidden, allowlist, blocklist, regex, range, unlimited. Did you mean fixed?',
      'broken.json:3:49  num_workers: no number is at least 5 and at most 2.',
      'broken.json:4:3   cluster_log_conf.s3.destination is the name of the API, which policies do not know. Write cluster_log_conf.path, and the kind (DBFS, S3, VOLUMES) as cluster_log_conf.type.',
      '3 problems',
      '',
    ]);
    assert.equal(exitCode, 2);
  });

  it('may say only one thing of an attribute', async () => {
    writeFileSync(
      join(folder, 'twice.json'),
      '{\n  "num_workers": { "type": "forbidden" },\n  "num_workers": { "type": "fixed", "value": 1 }\n}\n',
    );
    const { stderr } = await hermes(folder, ['policy', 'check', '--file', 'twice.json']);
    assert.equal(
      stderr,
      'twice.json:3:3  "num_workers" is there twice, and only one of the two counts.\n1 problem\n',
    );
  });

  it('is held against the cluster that Hermes makes', async () => {
    const { stderr, exitCode } = await hermes(folder, ['policy', 'check', '--file', 'strict.json']);
    assert.deepEqual(stderr.split('\n'), [
      '! node_typ_id is not an attribute that policies are documented to know. Did you mean node_type_id?',
      'strict.json:5:3  The cluster that Hermes makes has spark_conf.spark.databricks.acl.needAdminPermissionToViewLogs = "false", which is forbidden. Without it only those who manage the run see its driver log, no other group that it lists. Ask the platform team, which owns the policy, to allow or to fix "false".',
      'strict.json:6:3  The cluster that Hermes makes has custom_tags.team = "weather", which is fixed to "ocean". Allow it in the policy.',
      '2 problems',
      '',
    ]);
    assert.equal(exitCode, 2);
  });

  const explanations: readonly [string, string, readonly string[]][] = [
    [
      'a value that a rule refuses',
      'node_type_id=m5.large',
      [
        'node_type_id = "m5.large": refused by policy hermes-weather-dev',
        '  rule      is fixed to "m5.xlarge"',
        '  instead   Leave it out: the policy fills it in.',
        '  Hermes    a cluster has "m5.xlarge", from the policy',
      ],
    ],
    [
      'a value that no rule forbids and no cluster can have besides',
      'num_workers=8',
      [
        'num_workers = 8: refused by policy hermes-weather-dev',
        '  rule      none: any value is allowed',
        '  Hermes    leaves it out, and a cluster has none',
        '  but       num_workers excludes autoscale. Leave it out: the policy gives autoscale.',
      ],
    ],
    [
      'the kind of cluster, which no request says',
      'cluster_type=all-purpose',
      [
        'cluster_type = "all-purpose": refused by policy hermes-weather-dev',
        '  rule      is fixed to "job"',
        '  instead   Nothing to do: "job" passes.',
        '  Hermes    a cluster is always a "job" cluster; no request says it',
      ],
    ],
    [
      'an attribute',
      'spark_version',
      [
        'spark_version under policy hermes-weather-dev',
        '  rule      may be anything, and must be present',
        '  default   "15.4.x-scala2.12"',
        '  Hermes    a cluster has "15.4.x-scala2.12", from the policy, by default',
      ],
    ],
  ];
  for (const [behaviour, attribute, lines] of explanations)
    it(`explains ${behaviour}`, async () => {
      const { stdout } = await hermes(folder, ['policy', 'explain', 'weather', attribute]);
      assert.deepEqual(stdout.trimEnd().split('\n'), lines);
    });

  it('is one word, one rule, or the definition alone when asked to be quiet', async () => {
    const quiet = async (...words: string[]): Promise<string> =>
      (await hermes(folder, ['policy', ...words, '--quiet'])).stdout;
    assert.equal(await quiet('explain', 'weather', 'node_type_id=m5.large'), 'refused\n');
    assert.equal(await quiet('explain', 'weather', 'node_type_id'), 'is fixed to "m5.xlarge"\n');
    assert.equal(await quiet('explain', 'weather', 'num_workers'), 'any value\n');
    assert.match(await quiet('show', 'weather'), /^\{"cluster_type":\{"type":"fixed","value":"job"\}.*\}\n$/);
  });

  it('is explained from a file, too, where no team is named', async () => {
    const outside = temporaryFolder();
    writeFileSync(join(outside, 'trial.json'), '{"dbus_per_hour":{"type":"range","maxValue":6}}');
    const args = ['policy', 'explain', 'dbus_per_hour=7', '--file', 'trial.json'];
    assert.deepEqual((await hermes(outside, args)).stdout.trimEnd().split('\n'), [
      'dbus_per_hour = 7: refused by policy trial.json',
      '  rule      must be at most 6',
      '  instead   Ask the platform team for a smaller machine, fewer workers, or a higher limit.',
      '  Hermes    no request says it: the workspace counts it from the machine and the most workers',
    ]);
  });

  it('is checked in a file outside of any repository, for the team that it names', async () => {
    const outside = temporaryFolder();
    writeFileSync(join(outside, 'strict.json'), STRICT);
    const { stderr } = await hermes(outside, ['policy', 'check', '--file', 'strict.json']);
    assert.match(stderr, /^strict\.json:5:3 .*\n1 problem\n$/m);
    assert.deepEqual(readdirSync(outside), ['strict.json']);
    const missing = await hermes(outside, ['policy', 'check', '--file', 'nope.json']);
    assert.match(missing.stderr, /^Cannot read a policy from nope\.json: there is no such file or folder\n/);
  });

  it('is not made for a team that is only misspelt', async () => {
    for (const words of [
      ['show', 'wether'],
      ['check', 'wether'],
      ['explain', 'wether', 'num_workers'],
    ]) {
      const { stderr, exitCode } = await hermes(folder, ['policy', ...words]);
      assert.equal(
        stderr,
        'There is no team wether in dev: no file here names it, nothing of it is published, it has no policy. Teams here: weather.\nDid you mean weather?\n',
      );
      assert.equal(exitCode, 2);
    }
  });

  it('stays as somebody edited it, which is said', async () => {
    const trial = { ...DEFAULTS, num_workers: { type: 'forbidden' } };
    const policies = await workspaceCall(folder, 'GET', 'list');
    const made = policies.policies.find(({ name }: { name: string }) => name === 'hermes-weather-dev');
    const definition = JSON.stringify(trial);
    await workspaceCall(folder, 'POST', 'edit', { policy_id: made.policy_id, name: made.name, definition });
    await hermes(folder, ['policy', 'check']);
    const { stdout } = await hermes(folder, ['policy', 'show']);
    assert.equal(
      stdout.split('\n')[1],
      'Edited by somebody: no longer the rules that Hermes made, and Hermes leaves it so. Delete it to have those again.',
    );
    assert.match(stdout, /^forbidden .*\n {2}num_workers/m);
  });

  it('explains no attribute that is only misspelt', async () => {
    const { stderr, exitCode } = await hermes(folder, ['policy', 'explain', 'weather', 'spark_versoin']);
    assert.equal(
      stderr,
      'Cannot explain spark_versoin: spark_versoin is not an attribute that policies are documented to know.\nDid you mean spark_version?\n',
    );
    assert.equal(exitCode, 2);
  });
});
