import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyTeam } from '../../../src/cli/enrol/apply-team.ts';
import type { Enroller } from '../../../src/cli/enrol/enroller.ts';
import {
  airflowRepository,
  isEnrolled,
  planTeam,
  type TeamPlan,
  type WantedEnvironment,
} from '../../../src/cli/enrol/team-plan.ts';
import { readTeamRepository } from '../../../src/cli/enrol/team-repository.ts';
import type { AirflowSettings } from '../../../src/config/airflow-settings.ts';
import type { TeamVariable } from '../../../src/config/environment.ts';
import { resolveHome } from '../../../src/config/home.ts';
import type { HermesError } from '../../../src/core/errors.ts';
import { enrolledPolicyName, enrolTeam } from '../../../src/engines/local/plan/enrol.ts';
import { createDiskHost } from '../../../src/github/disk-host.ts';
import { git } from '../../../src/github/git/git.ts';
import type { RepositoryHost, WantedRepository } from '../../../src/github/repository-host.ts';
import { memoryDatabricks } from '../../fakes/memory-databricks.ts';
import { wantedRepository } from '../../github/wanted-repository.ts';
import { temporaryFolder } from '../../setup.ts';

const { signal } = new AbortController();
const author = { GIT_AUTHOR_NAME: 'Ana', GIT_AUTHOR_EMAIL: 'ana@example.com' };
const env = { ...process.env, ...author, GIT_COMMITTER_NAME: 'Ana', GIT_COMMITTER_EMAIL: 'ana@example.com' };
const context = { env, signal };

/** A platform with two environments whose policies are made, on a disk and in a workspace of its own. */
function openPlatform() {
  const cwd = temporaryFolder();
  const home = resolveHome(cwd, {});
  const { policies } = memoryDatabricks();
  const granted: string[] = [];
  const enroller: Enroller = {
    host: createDiskHost(home, { env, command: ['/bin/true', ''] }),
    context,
    cwd,
    now: () => new Date('2026-01-02T03:04:05Z'),
    makePolicy: async (team, environment) => {
      const policyId = await enrolTeam(policies, { team, environment }, signal);
      granted.push(policyId);
      return { policyId, isMade: true };
    },
  };
  const wanted = (team: string, airflow?: AirflowSettings): WantedEnvironment[] =>
    ['dev', 'prod'].map((name) => {
      const policy = enrolledPolicyName({ team, environment: name });
      const look = async () => {
        const policyId = (await policies.listPolicies()).find((one) => one.name === policy)?.policyId;
        return { place: 'memory', ...(policyId === undefined ? {} : { policyId }) };
      };
      const named = { name: policy, isNamed: true, look };
      const settings = airflow === undefined ? {} : { airflow };
      return { name, variable: variableOf(name), policy: named, ...settings };
    });
  const plan = async (team: string, airflow?: AirflowSettings): Promise<[TeamPlan, string]> => {
    const clone = join(temporaryFolder(), 'clone');
    const found = await readTeamRepository(team, airflowRepository(team), clone, enroller);
    return [await planTeam(team, wanted(team, airflow), found), clone];
  };
  const enrol = async (team: string, change: Partial<Enroller> = {}) => {
    const [planned, clone] = await plan(team);
    return applyTeam(planned, clone, { ...enroller, ...change });
  };
  const bare = (team: string) => join(home.git, `${team}-airflow.git`);
  const show = (team: string, file: string) => git(bare(team), ['show', `master:${file}`], context);
  const log = async (team: string) =>
    (await git(bare(team), ['log', '--format=%s', 'master'], context)).split('\n');
  return { enroller, policies, granted, plan, enrol, bare, show, log };
}

function variableOf(environment: string): TeamVariable {
  return {
    environment,
    production: environment === 'prod',
    artifacts: 'file:///artifacts',
    cluster_policy_id: '',
    read_prefix: '',
    products_zone: 'file:///products',
    databricks_conn_id: 'databricks_default',
    datadog: { site: 'datadoghq.eu', tags: [] },
  };
}

/** Somebody else's commit to a team's repository. */
async function commitFile(
  platform: ReturnType<typeof openPlatform>,
  team: string,
  file: string,
  text: string,
) {
  const folder = join(temporaryFolder(), 'other');
  await git('/', ['clone', '--quiet', platform.bare(team), folder], context);
  writeFileSync(join(folder, file), text);
  await git(folder, ['commit', '--quiet', '--all', '--message', 'by somebody else'], context);
  await git(folder, ['push', '--quiet', 'origin', 'HEAD'], context);
}

describe('enrolling a team', () => {
  it('makes the repository, the policies, and the variables by one commit', async () => {
    const platform = openPlatform();
    const { policyIds, commit, repositoryUrl } = await platform.enrol('weather');
    assert.equal(repositoryUrl, platform.bare('weather'));
    assert.deepEqual(await platform.log('weather'), [
      'Enrol team weather in dev, prod',
      'Start weather-airflow from the airflow template of Hermes',
    ]);
    assert.equal(await git(platform.bare('weather'), ['rev-parse', 'master'], context), commit);
    const { hermes_weather } = JSON.parse(await platform.show('weather', 'variables/dev.json'));
    assert.deepEqual(hermes_weather, { ...variableOf('dev'), cluster_policy_id: policyIds.get('dev') });
    assert.deepEqual(
      (await platform.policies.listPolicies()).map(({ name }) => name),
      ['hermes-weather-dev', 'hermes-weather-prod'],
    );
  });

  it('finds nothing to do the second time', async () => {
    const platform = openPlatform();
    await platform.enrol('weather');
    const [plan] = await platform.plan('weather');
    assert.ok(isEnrolled(plan));
    assert.deepEqual(
      plan.environments.map(({ addsVariable, policy, differences }) => [addsVariable, policy, differences]),
      [
        [false, 'none', []],
        [false, 'none', []],
      ],
    );
  });

  it('leaves a variable that says something else as it is, and tells the difference', async () => {
    const platform = openPlatform();
    await platform.enrol('weather');
    const text = (await platform.show('weather', 'variables/dev.json')).replace(
      'file:///artifacts',
      's3://own-store',
    );
    await commitFile(platform, 'weather', 'variables/dev.json', `${text}\n`);
    const [plan, clone] = await platform.plan('weather');
    assert.deepEqual(plan.environments[0]?.differences, [
      { key: 'artifacts', is: 's3://own-store', wanted: 'file:///artifacts' },
    ]);
    assert.equal((await applyTeam(plan, clone, platform.enroller)).commit, undefined);
    assert.equal(await platform.show('weather', 'variables/dev.json'), text);
  });

  it('keeps the other keys of the file and their layout', async () => {
    const platform = openPlatform();
    await platform.enroller.host.create(handMade('weather-airflow'), () => {}, signal);
    await platform.enrol('weather');
    const text = await platform.show('weather', 'variables/dev.json');
    assert.ok(text.startsWith('{ "threshold":   3,\n  "hermes_weather": {\n    "environment": "dev"'), text);
  });

  it('goes on after an interruption at any step, and makes nothing twice', async () => {
    for (const step of ['create', 'policy', 'grant', 'push'] as const) {
      const platform = openPlatform();
      const stop = new Error(`stopped at ${step}`);
      const fail = () => Promise.reject(stop);
      const { enroller } = platform;
      const madeAndLost: RepositoryHost['create'] = (...words) => enroller.host.create(...words).then(fail);
      const broken: Partial<Enroller> = {
        create: { host: { ...enroller.host, create: madeAndLost } },
        policy: { makePolicy: fail },
        grant: {
          makePolicy: async (team: string, environment: string) => {
            await platform.policies.createPolicy(enrolledPolicyName({ team, environment }), '{}', signal);
            throw stop;
          },
        },
        push: { context: { ...context, env: { ...env, GIT_COMMITTER_DATE: 'never' } } },
      }[step];
      await assert.rejects(platform.enrol('weather', broken), step);
      await platform.enrol('weather');
      const names = (await platform.policies.listPolicies()).map(({ name }) => name);
      assert.deepEqual(names, ['hermes-weather-dev', 'hermes-weather-prod'], step);
      assert.ok(platform.granted.length >= 2, step);
      assert.equal((await platform.log('weather')).length, 2, step);
      assert.ok(isEnrolled((await platform.plan('weather'))[0]), step);
    }
  });

  it('adds what is still missing when somebody else pushes meanwhile', async () => {
    const platform = openPlatform();
    await platform.enroller.host.create(handMade('weather-airflow'), () => {}, signal);
    const [plan, clone] = await platform.plan('weather');
    const other = JSON.stringify({ threshold: 3, hermes_weather: variableOf('dev') });
    await commitFile(platform, 'weather', 'variables/dev.json', other);
    await applyTeam(plan, clone, platform.enroller);
    assert.equal(await platform.show('weather', 'variables/dev.json'), other);
    assert.deepEqual((await platform.log('weather')).slice(0, 2), [
      'Enrol team weather in prod',
      'by somebody else',
    ]);
  });

  it('takes the repository up that somebody else made in the same moment', async () => {
    const platform = openPlatform();
    const [plan, clone] = await platform.plan('weather');
    await platform.enrol('weather');
    rmSync(clone, { recursive: true, force: true });
    const makePolicy = async (team: string, environment: string) => ({
      ...(await platform.enroller.makePolicy(team, environment)),
      isMade: false,
    });
    const enrolled = await applyTeam(plan, clone, { ...platform.enroller, makePolicy });
    assert.equal(enrolled.commit, undefined);
    assert.ok(isEnrolled(enrolled.plan), 'it made nothing itself');
    assert.equal((await platform.log('weather')).length, 2);
  });

  it('says in hermes.yaml where Airflow reads the DAGs, and leaves what stands there', async () => {
    const platform = openPlatform();
    const dags = { dags: 's3://acme-dev', api: 'https://airflow.acme.com' };
    const [planned, clone] = await platform.plan('weather', dags);
    const { plan } = await applyTeam(planned, clone, platform.enroller);
    assert.deepEqual(
      plan.environments.map(({ addsAirflow }) => addsAirflow),
      [true, true],
    );
    const yaml = await platform.show('weather', 'hermes.yaml');
    assert.match(yaml, /\nairflow:\n {2}dev:\n {4}dags: s3:\/\/acme-dev\n {4}api: https:/);
    const [again] = await platform.plan('weather', { dags: 's3://other' });
    assert.ok(isEnrolled(again));
    assert.deepEqual(again.environments[0]?.differences, [
      { key: 'airflow.dags', is: 's3://acme-dev', wanted: 's3://other' },
    ]);
  });

  it('says what is wrong with something that is no repository, and with one that is broken', async () => {
    const platform = openPlatform();
    await platform.enrol('weather');
    const bare = platform.bare('weather');
    writeFileSync(join(bare, 'packed-refs'), 'broken\n');
    await assert.rejects(platform.plan('weather'), ({ message, nextStep }: HermesError) => {
      assert.match(
        message,
        /^Cannot enrol weather \[repository=.*\.git\]: git cannot read its repository \(fatal: .*\)\.$/,
      );
      assert.equal(
        nextStep,
        `Look into it: git -C ${bare} fsck. Once it is moved away, another one is made.`,
      );
      return true;
    });
    rmSync(bare, { recursive: true });
    mkdirSync(bare);
    await assert.rejects(platform.plan('weather'), {
      code: 'HERMES_NO_REPOSITORY',
      message: `Cannot work on repository weather-airflow: ${bare} is no git repository.`,
    });
  });

  it('refuses a repository of another team, and one whose variables are no JSON', async () => {
    const platform = openPlatform();
    await platform.enrol('weather');
    await commitFile(platform, 'weather', 'variables/dev.json', '{\n  "a": 1,\n}\n');
    await assert.rejects(platform.plan('weather'), {
      message: `weather-airflow/variables/dev.json:3:1  This is not JSON: Expected double-quoted property name.`,
    });
    await commitFile(platform, 'weather', 'hermes.yaml', 'hermes: ^1.0\nteam: energy\n');
    await assert.rejects(platform.plan('weather'), {
      code: 'HERMES_FOREIGN_REPOSITORY',
      message: `Cannot enrol weather [repository=${platform.bare('weather')}]: the repository weather-airflow is that of team energy.`,
    });
  });
});

/** A repository that was not made by Hermes' template, but is one of the team. */
/** A repository of the team that no template made. */
function handMade(name: string): WantedRepository {
  const file = (path: string, text: string) => ({ path, bytes: Buffer.from(text), executable: false });
  const first = {
    files: [
      file('hermes.yaml', 'hermes: ^1.0\nteam: weather\n'),
      file('variables/dev.json', '{ "threshold":   3 }\n'),
    ],
    message: 'By hand',
    identity: { name: 'Ana', email: 'ana@example.com', assumed: false },
    date: new Date('2026-01-02T03:04:05Z'),
  };
  return { ...wantedRepository(name), first };
}
