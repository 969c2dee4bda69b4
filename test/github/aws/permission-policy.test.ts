import assert from 'node:assert/strict';
import { applyPublish } from '../../../ci/apply-publish.ts';
import type { Build } from '../../../ci/build.ts';
import { planPublish } from '../../../ci/plan-publish.ts';
import { releasePolicy } from '../../../ci/pointer-policy.ts';
import { readPublished } from '../../../ci/read-published.ts';
import type { ArtifactStore } from '../../../src/artifacts/store.ts';
import { deploy } from '../../../src/engines/airflow/deploy/deploy.ts';
import { planRestore } from '../../../src/engines/airflow/deploy/plan-deploy.ts';
import { storeHome } from '../../../src/engines/airflow/deploy/store-home.ts';
import {
  deployPermissions,
  parseBucket,
  publishPermissions,
} from '../../../src/github/aws/permission-policy.ts';
import type { PolicyDocument } from '../../../src/github/aws/policy-document.ts';
import { makeBuild, makeWheel } from '../../ci/a-build.ts';
import { aBuild, aRequest, decides } from '../../engines/airflow/deploy/a-build.ts';
import { memoryStore } from '../../fakes/memory-store.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';
import { allows } from './policy-judge.ts';

const DEV = parseBucket('s3://acme-hermes-dev/artifacts') ?? assert.fail();
const PROD = parseBucket('s3://acme-hermes-prod') ?? assert.fail();
const DAGS = parseBucket('s3://acme-airflow-dev/') ?? assert.fail();

/** A store that refuses what the policy does not allow, as S3 would. */
function guarded(store: ArtifactStore, policy: PolicyDocument, place: string): ArtifactStore {
  const may = (action: string, resource: string, context: Record<string, string> = {}): void =>
    assert.ok(allows(policy, { action, resource, context }), `${action} ${resource} is not allowed`);
  const object = (key: string): string => `arn:aws:s3:::${place}/${key}`;
  return {
    ...store,
    read: (key) => {
      may('s3:GetObject', object(key));
      return store.read(key);
    },
    create: (key, bytes) => {
      may('s3:PutObject', object(key), { 's3:if-none-match': '*' });
      return store.create(key, bytes);
    },
    replace: (key, bytes, etag) => {
      may(
        's3:PutObject',
        object(key),
        etag === undefined ? { 's3:if-none-match': '*' } : { 's3:if-match': etag },
      );
      return store.replace(key, bytes, etag);
    },
    list: (prefix) => {
      may('s3:ListBucket', `arn:aws:s3:::${place.split('/')[0]}`);
      return store.list(prefix);
    },
    remove: (key) => {
      may('s3:DeleteObject', object(key));
      return store.remove(key);
    },
  };
}

async function publish(store: ArtifactStore, build: Build): Promise<void> {
  const plan = planPublish(build, await readPublished(store, build));
  const note = { movedAt: '2026-11-21T06:00:00.000Z', movedBy: 'github', reason: 'push to master' };
  await applyPublish(store, build, plan, releasePolicy, note);
}

describe('what the role of data products may do', () => {
  const policy = publishPermissions('weather', DEV, PROD);
  const isAllowed = (action: string, path: string, context: Record<string, string> = {}): boolean =>
    allows(policy, { action, resource: `arn:aws:s3:::${path}`, context });
  const own = 'acme-hermes-dev/artifacts/weather/observations';

  it('is all that publishes and branches need', async () => {
    const store = guarded(memoryStore(), policy, 'acme-hermes-dev/artifacts');
    for (const version of ['1.5.0', '1.6.0'])
      await publish(store, makeBuild({ version, script: version, wheel: await makeWheel({ version }) }));
    const branch = 'x.h1f0c9d2e';
    for (const commit of ['3f1c2aa0', '4f1c2aa0']) {
      const version = `1.6.0+${branch}.g${commit}`;
      const wheel = await makeWheel({ version });
      await publish(store, { ...makeBuild({ version, script: version, wheel }), branch });
    }
  });

  it('is to write nothing that is published, and to delete nothing', () => {
    const release = `${own}/1.5.0/observations-1.5.0.py`;
    assert.ok(isAllowed('s3:PutObject', release, { 's3:if-none-match': '*' }));
    assert.ok(!isAllowed('s3:PutObject', release, { 's3:if-match': 'whatever it is' }));
    assert.ok(!isAllowed('s3:PutObject', release));
    assert.ok(!isAllowed('s3:PutObject', `${own}/latest.json`), 'without a condition');
    assert.ok(!isAllowed('s3:PutObject', `${own}/history/000001.json`, { 's3:if-match': 'x' }));
    assert.ok(!isAllowed('s3:DeleteObject', release));
  });

  it('is to stay in the folder of the team, and to see production only', () => {
    const created = { 's3:if-none-match': '*' };
    for (const path of [
      'acme-hermes-dev/artifacts/climate/x',
      'acme-hermes-dev/artifacts/weather-2/x',
      'acme-hermes-dev/weather/x',
      'acme-hermes-dev-2/artifacts/weather/x',
      'acme-hermes-prod/weather/observations/1.5.0/manifest.json',
    ])
      assert.ok(!isAllowed('s3:PutObject', path, created), path);
    assert.ok(isAllowed('s3:GetObject', 'acme-hermes-prod/weather/observations/latest.json'));
    assert.ok(!isAllowed('s3:GetObject', 'acme-hermes-prod/climate/x/latest.json'));
  });

  it('in production is nothing of development', () => {
    const text = JSON.stringify(publishPermissions('weather', PROD));
    assert.ok(!text.includes('acme-hermes-dev'));
    assert.ok(text.includes('"arn:aws:s3:::acme-hermes-prod/weather/*"'));
  });
});

describe('what the role of DAGs may do', () => {
  const policy = deployPermissions('weather', DAGS);

  it('is all that deploys and rollbacks need', async () => {
    const clock = swiftClock();
    const home = storeHome(guarded(memoryStore(), policy, 'acme-airflow-dev'), clock);
    const put = (dags: Readonly<Record<string, string>>, shards = 1) =>
      deploy(home, 'weather', decides(aRequest(aBuild({ dags, shards }))), { clock });
    await put({ one: 'a', two: 'a' }, 2);
    await put({ one: 'b' });
    const [, first] = await home.history('weather', 10);
    const record = first ?? assert.fail();
    const files = await home.files('weather', record);
    const note = { at: '2026-11-21T07:00:00.000Z', by: 'Bo', reason: 'x' };
    const back = planRestore.bind(undefined, 'weather', { record, files }, note);
    await deploy(home, 'weather', back, { clock });
  });

  it('is nothing of other teams', () => {
    for (const action of ['s3:PutObject', 's3:DeleteObject'])
      for (const key of [
        'dags/climate/hermes_dags_0.py',
        'deploys/current/climate.json',
        'deploys/history/climate/1',
      ])
        for (const context of [{ 's3:if-none-match': '*' }, { 's3:if-match': 'x' }, {}]) {
          const resource = `arn:aws:s3:::acme-airflow-dev/${key}`;
          assert.ok(!allows(policy, { action, resource, context }), `${action} ${key}`);
        }
  });
});
