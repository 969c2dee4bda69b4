import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createS3Client } from '../../src/artifacts/s3-client.ts';
import { resolveHome } from '../../src/config/home.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { startSeaweedFs } from '../s3/seaweedfs.ts';
import { temporaryFolder, whenAllIsOver } from '../setup.ts';
import { servePackage } from './package-registry.ts';
import { type Runner, runWorkflow } from './run-workflow.ts';
import { pythonSpy, sightings } from './spies.ts';
import { hostileBranch, makeTeamRepository } from './team-repository.ts';

const DEV = { accessKeyId: 'HERMES-DEV', secretAccessKey: 'the-role-of-development' };
const PROD = { accessKeyId: 'HERMES-PROD', secretAccessKey: 'the-role-of-production' };
const ROLES = {
  dev: 'arn:aws:iam::123456789012:role/hermes-dev',
  prod: 'arn:aws:iam::123456789012:role/hermes-prod',
};
const rights = (bucket: string, ...actions: string[]) => actions.map((action) => `${action}:${bucket}`);

const HOOK = `from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Spy(BuildHookInterface):
    def initialize(self, version, build_data):
        spy("build")
`;

describe('the workflow of a product repository, run as GitHub would', function () {
  this.timeout(300_000);
  const repository = makeTeamRepository('product');
  const [home, marks, seen] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const hostile = hostileBranch(marks);
  const spy = pythonSpy(seen, [DEV.secretAccessKey, PROD.secretAccessKey]);
  let runner: Runner;
  let s3: S3Client;

  before(async () => {
    // Of a runner that has prepared Python environments before.
    const prepared = join(packageRoot, '.cache', 'e2e');
    mkdirSync(prepared, { recursive: true });
    symlinkSync(prepared, resolveHome('/', { HERMES_HOME: home }).cache);
    const server = await startSeaweedFs([
      {
        credentials: DEV,
        actions: [...rights('acme-dev', 'Read', 'List', 'Write'), ...rights('acme-prod', 'Read', 'List')],
      },
      { credentials: PROD, actions: rights('acme-prod', 'Read', 'List', 'Write') },
    ]);
    whenAllIsOver(() => server.stop());
    s3 = await createS3Client(server.owner);
    for (const Bucket of ['acme-dev', 'acme-prod']) await s3.send(new CreateBucketCommand({ Bucket }));
    runner = {
      origin: repository.origin,
      variables: { HERMES_DEV_ROLE: ROLES.dev, HERMES_PROD_ROLE: ROLES.prod, AWS_REGION: 'eu-west-1' },
      roles: { [ROLES.dev]: DEV, [ROLES.prod]: PROD },
      env: {
        npm_config_registry: await servePackage(),
        HERMES_HOME: home,
        AWS_ENDPOINT_URL_S3: server.endpoint,
      },
    };
  });
  after(() => s3.destroy());

  /** The folders below `weather/helloworld/` that hold a whole version. */
  async function versions(bucket: string): Promise<string[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    const keys = Contents.map(({ Key = '' }) => /^weather\/helloworld\/(.+)\/manifest\.json$/.exec(Key)?.[1]);
    return keys.flatMap((version) => version ?? []).sort();
  }

  async function latest(bucket: string): Promise<string> {
    const key = { Bucket: bucket, Key: 'weather/helloworld/latest.json' };
    const { Body } = await s3.send(new GetObjectCommand(key));
    return JSON.parse((await Body?.transformToString()) ?? '').version;
  }

  const isOfBranch = (version = '') =>
    /^feature\/feature\.x\..*\.h[0-9a-f]{8}\/0\.2\.0\+feature\.x\./.test(version);

  it('publishes the first push to development, then to production', async () => {
    const hook = '\n[tool.hatch.build.hooks.custom]\n';
    const project = repository.read('helloworld/pyproject.toml');
    const files = {
      'hermes.yaml':
        'hermes: ^1.0\nteam: weather\nartifacts: { dev: "s3://acme-dev", prod: "s3://acme-prod" }\n',
      'helloworld/pyproject.toml': project + hook,
      'helloworld/tests/conftest.py': `${spy}spy("test")\n`,
      'helloworld/hatch_build.py': `${spy}${HOOK}`,
    };
    const { jobs, taken, log } = await runWorkflow(runner, repository.push(files, 'master'));
    const done = { changed: 'success', build: 'success', dev: 'success', prod: 'success' };
    assert.deepEqual(jobs, done, log);
    assert.deepEqual(taken, [
      { job: 'changed', role: ROLES.dev },
      { job: 'dev', role: ROLES.dev },
      { job: 'prod', role: ROLES.prod },
    ]);
    for (const bucket of ['acme-dev', 'acme-prod'])
      assert.deepEqual([await versions(bucket), await latest(bucket)], [['0.1.0'], '0.1.0']);
  });

  it('publishes a branch to development only, and takes its name for a name', async () => {
    repository.git('switch', '--quiet', '--create', hostile);
    const project = repository.read('helloworld/pyproject.toml').replace('"0.1.0"', '"0.2.0"');
    const event = repository.push({ 'helloworld/pyproject.toml': project }, hostile);
    const { jobs, taken, log } = await runWorkflow(runner, event);
    assert.deepEqual(jobs, { changed: 'success', build: 'success', dev: 'success' }, log);
    assert.deepEqual(new Set(taken.map(({ role }) => role)), new Set([ROLES.dev]));
    const [release, build, ...others] = await versions('acme-dev');
    assert.deepEqual([release, others], ['0.1.0', []]);
    assert.ok(isOfBranch(build), build);
    assert.deepEqual([await versions('acme-prod'), await latest('acme-dev')], [['0.1.0'], '0.1.0']);
    assert.ok(log.includes(`push to ${hostile} (not the default branch) → development only`), log);
  });

  it('tests a pull request, with no role and nothing published', async () => {
    const before = await versions('acme-dev');
    const { jobs, taken, log } = await runWorkflow(runner, repository.openPullRequest(hostile, 7));
    assert.deepEqual([jobs, taken], [{ check: 'success' }, []], log);
    assert.match(log, /check: +✓ helloworld +0\.1\.0 → 0\.2\.0 +version raised/);
    assert.deepEqual([await versions('acme-dev'), await versions('acme-prod')], [before, ['0.1.0']]);
  });

  it('publishes the merge everywhere, and moves latest', async () => {
    const { jobs, log } = await runWorkflow(runner, repository.merge(hostile));
    const done = { changed: 'success', build: 'success', dev: 'success', prod: 'success' };
    assert.deepEqual(jobs, done, log);
    assert.deepEqual(await versions('acme-prod'), ['0.1.0', '0.2.0']);
    assert.deepEqual([await latest('acme-dev'), await latest('acme-prod')], ['0.2.0', '0.2.0']);
  });

  it('builds nothing that is published', async () => {
    const event = repository.push({ 'README.md': 'Other words\n' }, 'master');
    const { jobs, log } = await runWorkflow(runner, event);
    assert.deepEqual(jobs, { changed: 'success' }, log);
  });

  it('has run no text as a program', () => {
    assert.deepEqual(readdirSync(marks), []);
  });

  it('has run code of the project only where no credentials were', function () {
    // Elsewhere than on Linux nobody sees what the programs around have set.
    if (!existsSync('/proc/self/environ')) this.skip();
    assert.deepEqual(sightings(seen), { 'build in build': [], 'test in build': [], 'test in check': [] });
  });
});

describe('a workflow that pastes a branch name into a shell', () => {
  it('runs it, so that these tests would see it', async () => {
    const repository = makeTeamRepository('product');
    const marks = temporaryFolder();
    const workflow = `on: push
jobs:
  careless:
    runs-on: ubuntu-24.04
    steps:
      - run: echo \${{ github.ref_name }}
`;
    const event = repository.push({ '.github/workflows/ci.yml': workflow }, hostileBranch(marks));
    await runWorkflow({ origin: repository.origin, variables: {}, roles: {}, env: {} }, event);
    assert.deepEqual(readdirSync(marks).sort(), ['a', 'b', 'c']);
  });
});
