import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindSettings } from '../../src/cli/github/wanted-settings.ts';
import { renderRuleset } from '../../src/github/creation/rule-steps.ts';
import { seedCommit, seedRepository } from '../fakes/github/seed.ts';
import { printedObjects } from '../hermes.ts';
import { OLDER } from '../templates/older-repository.ts';
import { endFleet, older, start, today } from './a-fleet.ts';

describe('hermes repo check --all', () => {
  afterEach(endFleet);

  it('tells of what drifted in a table, of the others by their number, and asks little', async () => {
    const { double, hermes } = await start();
    await seedRepository(double, 'weather', older());
    const finance = await seedRepository(double, 'finance', today('finance'));
    await seedCommit(double, finance, { 'build_tools/test.sh': 'mine\n' });
    await seedRepository(double, 'notes', { 'README.md': 'x' });
    (await seedRepository(double, 'old', older())).archived = true;
    await seedRepository(double, 'newer', {
      ...today('newer'),
      '.hermes/template.json': '{ "version": "99.0.0" }',
    });
    const checked = await hermes('repo', 'check', '--all', 'acme');
    assert.deepEqual(checked, {
      code: 1,
      stdout: `repository   kind      template   files       missing
finance      product   1.0.0      1 changed   environment dev, environment prod, ruleset hermes
weather      product   ${OLDER}      1 behind    environment dev, environment prod, ruleset hermes

✗ newer  Cannot compare with the template: newer/.hermes/template.json was written by Hermes 99.0.0, this is 1.0.0.
acme, Hermes 1.0.0: 2 repositories, 2 drifted · 1 could not be read, 1 archived, 1 not made by Hermes
`,
      stderr: `Repositories are not all as they should be: 2 of 2 differ from their template, 1 could not be read.
Offer the template to all of them: hermes repo update --all acme
What is missing is made by the command that made the repository, as: hermes repo create finance --team weather --kind product --org acme --no-clone
What could not be read is named above, each with its reason.
`,
    });
    // The list, the teams, what is in them, and the one file that was changed.
    assert.equal(double.requests.length, 4);
    const [first] = printedObjects(
      (await hermes('repo', 'check', '--all', 'acme', '--only', 'finance', '--json')).stdout,
    );
    assert.deepEqual(first, {
      repository: 'finance',
      url: `${double.gitUrl}/acme/finance`,
      kind: 'product',
      team: 'weather',
      template: '1.0.0',
      drifted: true,
      files: [{ path: 'build_tools/test.sh', state: 'changed' }],
      missingSettings: ['environment dev', 'environment prod', 'ruleset hermes'],
    });
  });

  it('is content with repositories that are as they should be, of the kind that is meant', async () => {
    const { double, hermes } = await start();
    const weather = await seedRepository(double, 'weather-airflow', today('weather-airflow', 'airflow'));
    for (const name of ['policy', 'dev', 'prod'])
      weather.environments.set(name, { ...ENVIRONMENT, id: double.state.nextId(), name });
    weather.rulesets.set(1, rulesetFor(kindSettings('airflow').mergeRules.checks));
    await seedRepository(double, 'weather', older());
    assert.deepEqual(await hermes('repo', 'check', '--all', 'acme', '--kind', 'airflow'), {
      code: 0,
      stdout: 'acme, Hermes 1.0.0: 1 repository, 0 drifted\n',
      stderr: '',
    });
  });

  it('misses the access of the team that owns the code, and the default branch that the platform wants', async () => {
    const { double, hermes, folder } = await start();
    const weather = await seedRepository(
      double,
      'weather',
      today('weather', 'product', { codeOwner: '@acme/weather' }),
    );
    for (const name of ['dev', 'prod'])
      weather.environments.set(name, { ...ENVIRONMENT, id: double.state.nextId(), name });
    weather.rulesets.set(1, rulesetFor(['a job of then']));
    writeFileSync(join(folder, 'hermes.platform.yaml'), PLATFORM);
    const checked = await hermes('repo', 'check', '--all');
    assert.match(
      checked.stdout,
      /^weather +product +1\.0\.0 +default branch trunk, access of team weather, check ".+" in ruleset hermes/m,
    );
    const page = `${double.gitUrl}/acme/weather/settings/rules`;
    assert.ok(
      checked.stderr.endsWith(
        `\nA ruleset that stands is never overwritten; mend it on its page, as: ${page}\n`,
      ),
    );
    weather.teams.set('weather', 'push');
    weather.rulesets.set(1, rulesetFor(kindSettings('product').mergeRules.checks));
    rmSync(join(folder, 'hermes.platform.yaml'));
    assert.equal((await hermes('repo', 'check', '--all', 'acme')).code, 0);
  });

  it('sees guards that stand and are weaker, and says where each is mended, as a creation does', async () => {
    const { double, hermes } = await start({ organisations: [{ login: 'acme', teams: ['climate'] }] });
    const weather = await seedRepository(
      double,
      'weather',
      today('weather', 'product', { codeOwner: '@acme/climate' }),
    );
    weather.teams.set('climate', 'push');
    for (const name of ['dev', 'prod'])
      weather.environments.set(name, { ...ENVIRONMENT, id: double.state.nextId(), name });
    const whole = rulesetFor(kindSettings('product').mergeRules.checks);
    const missing = async (...more: readonly string[]) =>
      printedObjects((await hermes('repo', 'check', '--all', 'acme', '--json', ...more)).stdout)[0]
        .missingSettings;
    weather.rulesets.set(1, {
      ...whole,
      rules: whole.rules.filter(({ type }) => type !== 'pull_request'),
      bypassActors: [{ actor_type: 'OrganizationAdmin' }],
    });
    assert.deepEqual(await missing(), [
      'rule pull_request in ruleset hermes',
      'validity for organization admins in ruleset hermes',
    ]);
    weather.rulesets.set(1, { ...whole, enforcement: 'disabled' });
    const checked = await hermes('repo', 'check', '--all', 'acme');
    const page = `${double.gitUrl}/acme/weather/settings`;
    assert.equal(
      checked.stderr,
      `Repositories are not all as they should be: 1 of 1 differ from their template.
A ruleset that stands is never overwritten; mend it on its page, as: ${page}/rules
`,
    );
    const again = ['repo', 'create', 'weather', '--team', 'weather', '--github-team', 'climate'];
    const created = await hermes(...again, '--kind', 'product', '--org', 'acme', '--no-clone');
    assert.match(
      created.stdout,
      new RegExp(
        `! merge rules +left out: it stands, but lacks: enforcement\\. .* page: ${page}/rules$`,
        'm',
      ),
    );
    assert.ok(!created.stdout.includes('stands as it is wanted'));
    weather.rulesets.set(1, whole);
    const limited = { ...ENVIRONMENT, id: double.state.nextId(), name: 'prod' };
    weather.environments.set('prod', {
      ...limited,
      branchPolicies: [...ENVIRONMENT.branchPolicies, { id: 2, name: '*', type: 'branch' }],
    });
    assert.deepEqual(await missing('--deep'), ['limit of environment prod to main, which lets in *']);
    weather.environments.set('prod', { ...limited, policy: null });
    const open = await hermes('repo', 'check', '--all', 'acme');
    assert.match(open.stdout, /^weather +product +1\.0\.0 +limit of environment prod to main$/m);
    const command =
      'hermes repo create weather --team weather --github-team climate --kind product --org acme --no-clone';
    assert.ok(open.stderr.endsWith(`, as: ${command}\n`), open.stderr);
    assert.equal((await hermes(...command.split(' ').slice(1))).code, 0);
    assert.equal((await hermes('repo', 'check', '--all', 'acme')).code, 0);
  });

  it('names what is not whole, and each repository that was asked for', async () => {
    const { double, hermes } = await start();
    const description = 'Product repository of team weather, made by Hermes';
    await seedRepository(double, 'half', { 'README.md': '# half' }, { description });
    const { '.hermes/template.json': record, ...others } = today('bare');
    assert.ok(record);
    await seedRepository(double, 'bare', others);
    await seedRepository(double, 'notes', { 'README.md': 'x' });
    const checked = await hermes('repo', 'check', '--all', 'acme');
    assert.deepEqual(checked, {
      code: 1,
      stdout: `✗ bare  its record is gone; in a clone it comes back by: git checkout "$(git rev-list -1 HEAD -- .hermes/template.json)^" -- .hermes/template.json
✗ half  begun, not finished; the command that began it goes on: hermes repo create half --team weather --kind product --org acme --no-clone
acme, Hermes 1.0.0: 0 repositories, 0 drifted · 2 not whole, 1 not made by Hermes
`,
      stderr: 'Repositories are not all as they should be: 2 not whole.\n',
    });
    const named = await hermes('repo', 'check', '--all', 'acme', '--only', 'notes', '--json');
    assert.deepEqual(
      [named.code, printedObjects(named.stdout)],
      [
        0,
        [
          {
            repository: 'notes',
            passedOver: 'not made by Hermes: it has no .hermes/template.json',
          },
        ],
      ],
    );
    const updated = await hermes('repo', 'update', '--all', 'acme');
    assert.match(updated.stdout, /^✗ half {2}begun, not finished; /m);
  });

  it('refuses names that cannot be, before anything is asked', async () => {
    const { double, hermes } = await start();
    const refused = await hermes('repo', 'check', '--all', 'ac me', '--github-host', 'http://x');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /^--all .*\n--github-host .*\n2 problems\n$/);
    const both = await hermes('repo', 'check', 'weather', '--all', 'acme');
    assert.equal(
      both.stderr,
      'Cannot take the folder weather beside --all: that means many repositories.\nLeave one of them out. To choose among many: --only NAME\n',
    );
    const alone = await hermes('repo', 'update', '--only', 'weather');
    assert.equal(
      alone.stderr,
      'Cannot take --only without --all: one repository is meant.\nAdd --all ORG, or leave it out.\n',
    );
    assert.equal(double.requests.length, 0);
  });
});

const PLATFORM = `github: { org: acme, default_branch: trunk }
environments:
  dev:
    production: false
    artifacts: s3://acme-hermes-dev/artifacts
    cluster_policy_id: 0011AABBCCDDEEFF
    read_prefix: prod_
    products_zone: s3://acme-products-dev/{team}
    databricks_conn_id: databricks_default
    datadog: { site: datadoghq.eu, tags: [] }
`;
const rulesetFor = (checks: readonly string[]) => ({
  id: 1,
  ...renderRuleset({ approvals: 1, checks }),
  bypassActors: [] as { readonly actor_type: string }[],
  createdAt: new Date(0),
  updatedAt: new Date(0),
});
const ENVIRONMENT = {
  policy: { protected_branches: false, custom_branch_policies: true },
  branchPolicies: [{ id: 1, name: 'main', type: 'branch' }],
  variables: new Map(),
  secrets: new Map(),
  keys: { keyId: '', publicKey: '', privateKey: new Uint8Array() },
};
