import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { dagsUrlProblem } from '../../src/config/airflow-settings.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { deploy } from '../../src/engines/airflow/deploy/deploy.ts';
import { planRestore } from '../../src/engines/airflow/deploy/plan-deploy.ts';
import { storeHome } from '../../src/engines/airflow/deploy/store-home.ts';
import { aBuild, aRequest, decides } from '../engines/airflow/deploy/a-build.ts';
import { memoryStore } from '../fakes/memory-store.ts';
import { swiftClock } from '../fakes/swift-clock.ts';

const guide = readFileSync(join(packageRoot, 'docs', 'guides', 'airflow-deploy.md'), 'utf8');

describe('the guide to deploys', () => {
  it('lists the rights that deploys and rollbacks of a team use, all and no others', async () => {
    const rights = rightsOf('weather');
    const used = new Set<string>();
    const shared = memoryStore();
    const clock = swiftClock();
    const home = storeHome(guarded(shared, rights, used), clock);
    const put = (dags: Readonly<Record<string, string>>, shards = 1) =>
      deploy(home, 'weather', decides(aRequest(aBuild({ dags, shards }))), { clock });
    const other = aRequest(aBuild({ dags: { theirs: 'a' } }), { team: 'climate' });
    await deploy(storeHome(shared, clock), 'climate', decides(other), { clock });
    // The very first deploy steps back when another team takes the same DAG meanwhile.
    const seen = { taken: new Map(), version: 'nothing' };
    const clash = decides(aRequest(aBuild({ dags: { theirs: 'b' } })))(seen).deploy;
    await assert.rejects(home.apply('weather', clash, seen), { code: 'HERMES_DAG_ID_TAKEN' });
    await put({ one: 'a', two: 'a' }, 2);
    await put({ one: 'b' });
    const [, first] = await home.history('weather', 10);
    const record = first ?? assert.fail();
    const files = await home.files('weather', record);
    const note = { at: '2026-11-21T07:00:00.000Z', by: 'Bo', reason: 'x' };
    await deploy(home, 'weather', (standing) => planRestore('weather', { record, files }, note, standing), {
      clock,
    });
    const needed = rights.flatMap(({ action, pattern }) =>
      action === 'ListBucket' ? [] : [`${action} ${pattern}`],
    );
    assert.deepEqual([...used].sort(), needed.sort());
  });

  it('shows places that hermes.yaml takes, and bundles in the form of Airflow', () => {
    const [yaml = ''] = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
    const urls = [...yaml.matchAll(/dags: (\S+),/g)].map(([, url = '']) => url);
    assert.deepEqual(urls.map(dagsUrlProblem), [undefined, undefined]);
    const bundles = [...guide.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text = '']) =>
      JSON.parse(text),
    );
    for (const [bundle] of bundles) assert.deepEqual(Object.keys(bundle), ['name', 'classpath', 'kwargs']);
  });
});

interface Right {
  readonly action: string;
  readonly pattern: string;
}

/** The table of rights: each action with a pattern of keys. */
function rightsOf(team: string): Right[] {
  const rows = guide.matchAll(/^\| `s3:(\w+)` \| (.*) \|$/gm);
  return [...rows].flatMap(([, action = '', keys = '']) =>
    action === 'ListBucket'
      ? [{ action, pattern: '*' }]
      : [...keys.matchAll(/`([^`]+)`/g)].map(([, key = '']) => ({
          action,
          pattern: key.replaceAll('<team>', team),
        })),
  );
}

/** A store that refuses what no right allows. */
function guarded(store: ArtifactStore, rights: readonly Right[], used: Set<string>): ArtifactStore {
  const may = (action: string, key: string): void => {
    const right = rights.find((each) => each.action === action && matches(each.pattern, key));
    assert.ok(right, `${action} ${key} is not allowed`);
    used.add(`${action} ${right.pattern}`);
  };
  const having = <T>(action: string, key: string, work: () => T): T => {
    may(action, key);
    return work();
  };
  return {
    ...store,
    read: (key) => having('GetObject', key, () => store.read(key)),
    create: (key, bytes) => having('PutObject', key, () => store.create(key, bytes)),
    replace: (key, bytes, etag) => having('PutObject', key, () => store.replace(key, bytes, etag)),
    remove: (key) => having('DeleteObject', key, () => store.remove(key)),
  };
}

function matches(pattern: string, key: string): boolean {
  return pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern;
}
