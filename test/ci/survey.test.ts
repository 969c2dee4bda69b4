import assert from 'node:assert/strict';
import { applyPublish } from '../../ci/apply-publish.ts';
import type { Build } from '../../ci/build.ts';
import { readMark } from '../../ci/copies-mark.ts';
import { planPublish } from '../../ci/plan-publish.ts';
import { releasePolicy } from '../../ci/pointer-policy.ts';
import type { Project } from '../../ci/projects.ts';
import { readPublished } from '../../ci/read-published.ts';
import { type Finding, surveyProjects } from '../../ci/survey.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { memoryStore } from '../fakes/memory-store.ts';
import { makeBuild, makeWheel } from './a-build.ts';

const note = { movedAt: '2026-11-21T06:00:00.000Z', movedBy: 'travis', reason: 'push to master' };
const commit = '3f1c2aa0d2e4f6a8b0c2d4e6f8a0b2c4d6e8f0a2';

/** Counts the requests to a store. */
function counted(inner: ArtifactStore): { store: ArtifactStore; requests: () => number } {
  let count = 0;
  const tally = <T>(value: T): T => {
    count += 1;
    return value;
  };
  const store: ArtifactStore = {
    url: inner.url,
    read: (...given) => tally(inner.read(...given)),
    create: (...given) => tally(inner.create(...given)),
    replace: (...given) => tally(inner.replace(...given)),
    list: (...given) => tally(inner.list(...given)),
    remove: (...given) => tally(inner.remove(...given)),
  };
  return { store, requests: () => count };
}

async function publish(store: ArtifactStore, build: Build): Promise<void> {
  const plan = planPublish(build, await readPublished(store, build));
  await applyPublish(store, build, plan, releasePolicy, note);
}

async function ask(
  stores: readonly ArtifactStore[],
  build: Build,
  kind: 'release' | 'feature' = 'release',
  tree = build.tree,
): Promise<Finding | undefined> {
  const project = { name: build.project, folder: build.project, version: build.version } as Project;
  const branch = kind === 'release' ? 'master' : 'feature/x';
  const targets = stores.map((store, index) => ({ environment: String(index), store }));
  const decision = { kind, branch, commit, reason: 'push' } as const;
  return (await surveyProjects([{ project, tree }], { team: build.team, decision, targets }))[0];
}

describe('the survey of a project', () => {
  it('asks three things when a release is complete in two environments', async () => {
    const build = makeBuild({ wheel: await makeWheel({}) });
    const stores = [counted(memoryStore()), counted(memoryStore())];
    for (const { store } of stores) await publish(store, build);
    const before = stores.map(({ requests }) => requests());
    const opened = stores.map(({ store }) => store);
    const finding = await ask(opened, build);
    assert.deepEqual(finding?.kind === 'unchanged' && finding.settle, false);
    const asked = stores.map(({ requests }, index) => requests() - (before[index] ?? 0));
    assert.deepEqual(asked, [1, 2]);
  });

  it('asks three things when a branch changed nothing of it', async () => {
    const build = makeBuild({ wheel: await makeWheel({}) });
    const { store, requests } = counted(memoryStore());
    await publish(store, build);
    const before = requests();
    assert.equal((await ask([store], build, 'feature'))?.kind, 'unchanged');
    assert.equal(requests() - before, 3);
  });

  it('settles what an interrupted release left open: pointer and copies', async () => {
    const build = makeBuild({ wheel: await makeWheel({}) });
    let writes = 0;
    const [first, second] = [
      memoryStore(),
      memoryStore('s3://prod', () => {
        writes += 1;
        if (writes === 7) throw new Error('the process dies');
      }),
    ];
    await publish(first, build);
    await assert.rejects(publish(second, build), /the process dies/);
    assert.equal((await readMark(second, build.team, build.project))?.value.complete, false);
    const finding = await ask([first, second], build);
    assert.deepEqual(finding?.kind === 'unchanged' && finding.settle, true);
  });

  it('has nothing to settle for a hotfix below latest and for a pre-release', async () => {
    const store = memoryStore();
    for (const version of ['2.0.0', '1.5.1', '3.0.0rc1']) {
      const build = makeBuild({ version, wheel: await makeWheel({ version }) });
      await publish(store, build);
      const finding = await ask([store], build);
      assert.deepEqual(finding?.kind === 'unchanged' && finding.settle, false, version);
    }
  });

  it('builds another tree, and what another builder made; then takes that as confirmed', async () => {
    const build = makeBuild({ wheel: await makeWheel({}) });
    const store = memoryStore();
    await publish(store, { ...build, builder: '0.9.0' });
    assert.equal((await ask([store], build, 'release', 'f'.repeat(40)))?.kind, 'build');
    await store.replace(
      'weather/observations/copies.json',
      Buffer.from(
        JSON.stringify({ version: build.version, tree: build.tree, builder: '0.9.0', complete: true }),
      ),
      (await store.read('weather/observations/copies.json'))?.etag,
    );
    assert.equal((await ask([store], build))?.kind, 'build');
    await publish(store, build);
    assert.equal((await ask([store], build))?.kind, 'unchanged');
  });

  it('takes on what development has and production lacks', async () => {
    const build = makeBuild({ wheel: await makeWheel({}) });
    const [dev, prod] = [memoryStore(), memoryStore('s3://prod')];
    await publish(dev, build);
    assert.equal((await ask([dev, prod], build))?.kind, 'promote');
    assert.equal((await ask([prod, dev], build))?.kind, 'build');
  });
});
