import assert from 'node:assert/strict';
import type { BuildFiles } from '../../../../src/engines/airflow/compile/plan-build.ts';
import { chooseEarlier } from '../../../../src/engines/airflow/deploy/choose-earlier.ts';
import type { Standing } from '../../../../src/engines/airflow/deploy/deploy-home.ts';
import { type DeployRecord, hashBuild } from '../../../../src/engines/airflow/deploy/deploy-record.ts';
import { planDeploy, planRestore, readIndex } from '../../../../src/engines/airflow/deploy/plan-deploy.ts';
import { planWrites } from '../../../../src/engines/airflow/deploy/plan-writes.ts';
import { aBuild, aRequest } from './a-build.ts';

const NEWEST = 'b'.repeat(40);
const OTHER = 'c'.repeat(40);
const old = aBuild({ dags: { one: 'a', two: 'a' } });
const next = aBuild({ dags: { one: 'b', three: 'a' } });

function standing(
  more: Partial<DeployRecord> = {},
  state: 'whole' | 'writing' | 'edited' = 'whole',
): Standing {
  const { note } = aRequest(old, { note: { at: '2026-11-20T06:00:00.000Z', by: 'Ana', commit: NEWEST } });
  const { record } = planDeploy(aRequest(old, { note }), { taken: new Map(), version: 'nothing' }).deploy;
  const current = { record: { ...record, ...more }, index: readIndex(old), state };
  return { current, taken: new Map(), version: '1' };
}

const noteOf = (commit: string, more = {}) => ({ at: '2026-11-21T06:00:00.000Z', by: 'Bo', commit, ...more });

describe('the plan of a deploy', () => {
  it('says what becomes of each DAG, and numbers the deploy', () => {
    const { kind, dags, deploy } = planDeploy(
      aRequest(next, { note: noteOf(OTHER), order: 'newer' }),
      standing(),
    );
    assert.equal(kind, 'deploy');
    assert.deepEqual(dags, { added: ['three'], changed: ['one'], removed: ['two'], unchanged: [] });
    const { number, newest, added, changed, removed } = deploy.record;
    assert.deepEqual([number, newest, added, changed, removed, deploy.record.dags], [2, OTHER, 1, 1, 1, 2]);
  });

  it('refuses a commit that is older than one that was deployed', () => {
    const request = aRequest(next, { note: noteOf(OTHER), order: 'older', where: ' --env prod' });
    assert.throws(() => planDeploy(request, standing()), {
      message: 'Cannot deploy commit ccccccc: it is older than bbbbbbb, which was deployed before.',
      nextStep:
        'To go back, use: hermes airflow rollback --env prod --reason "…". To deploy this commit nevertheless, add --force.',
    });
    const { record } = planDeploy({ ...request, force: true }, standing()).deploy;
    assert.deepEqual([record.commit, record.newest], [OTHER, NEWEST], 'the newest stays the newest');
  });

  it('refuses the commit that was rolled back, and takes the next newer one', () => {
    const rolledBack = standing({ restores: 1, number: 3, by: 'Cy', reason: 'it runs twice' });
    assert.throws(() => planDeploy(aRequest(next, { note: noteOf(NEWEST), order: 'same' }), rolledBack), {
      message: 'Cannot deploy commit bbbbbbb: it was rolled back to deploy 1 by Cy (it runs twice).',
      nextStep:
        'Merge a commit that changes the DAGs; it is deployed as usual. To deploy this one again, add --force.',
    });
    const { record } = planDeploy(aRequest(next, { note: noteOf(OTHER), order: 'newer' }), rolledBack).deploy;
    assert.deepEqual([record.number, record.restores], [4, undefined]);
  });

  it('refuses what was rolled back also as a later commit that changes no DAG, and not what is put back again', () => {
    const build = (content: string) => aBuild({ dags: { one: content } });
    const history: DeployRecord[] = [];
    const standingNow = (files: BuildFiles): Standing => {
      const [record] = history;
      const nothing = { taken: new Map(), version: '0' };
      return record === undefined
        ? nothing
        : { ...nothing, current: { record, index: readIndex(files), state: 'whole' } };
    };
    const [good, bad, mended] = [build('good'), build('bad'), build('mended')];
    const put = (files: BuildFiles, commit: string, before = files) => {
      const request = aRequest(files, { note: noteOf(commit), order: 'newer' });
      history.unshift(planDeploy(request, standingNow(before)).deploy.record);
    };
    const back = (wanted?: number) => {
      const record = chooseEarlier(history, history[0], wanted);
      const files = [good, bad, mended].find((each) => hashBuild(each).build === record.build) ?? good;
      const note = { at: '2026-11-21T07:00:00.000Z', by: 'Cy', reason: 'it runs twice' };
      history.unshift(planRestore('weather', { record, files }, note, standingNow(good)).deploy.record);
    };
    put(good, '1'.repeat(40));
    put(bad, '2'.repeat(40), good);
    back();
    assert.throws(() => put(bad, '3'.repeat(40), good), {
      message:
        'Cannot deploy commit 3333333: it has the DAGs of a deploy that was rolled back to deploy 1 by Cy (it runs twice).',
      code: 'HERMES_DEPLOY_ROLLED_BACK',
    });
    const inCi = {
      note: noteOf('2'.repeat(40), { edited: true, run: 'https://ci/1' }),
      order: 'same' as const,
    };
    assert.throws(() => planDeploy(aRequest(mended, inCi), standingNow(good)), {
      code: 'HERMES_DEPLOY_ROLLED_BACK',
    });
    put(mended, '4'.repeat(40), good);
    back();
    assert.equal(
      history[0]?.restores,
      1,
      'what the last deploy left is back, not what was rolled back before',
    );
    assert.throws(() => back(), {
      message: 'Cannot roll back: no deploy with other DAGs came before the one that stands.',
      nextStep:
        'What stands is a rollback. To undo it, name the deploy that it left: hermes airflow rollback 4 --reason "…"',
    });
    back(4);
    assert.deepEqual([history[0]?.restores, history[0]?.left], [4, undefined]);
    put(good, '5'.repeat(40), mended);
    assert.equal(history[0]?.number, 7, 'a revert of what was put back again is deployed');
  });

  it('takes the same commit again when another Hermes compiles it otherwise', () => {
    assert.equal(
      planDeploy(aRequest(next, { note: noteOf(NEWEST), order: 'same' }), standing()).kind,
      'deploy',
    );
  });

  it('refuses another repository of the team, which would replace all its DAGs', () => {
    const request = aRequest(next, { note: noteOf(OTHER, { repository: 'github.com/acme/other' }) });
    assert.throws(() => planDeploy(request, standing({ repository: 'github.com/acme/dags' })), {
      message:
        'Cannot deploy for team weather: its DAGs there come from github.com/acme/dags, and this is github.com/acme/other.',
      code: 'HERMES_DEPLOY_REPOSITORY',
    });
    planDeploy({ ...request, force: true }, standing({ repository: 'github.com/acme/dags' }));
  });

  it('knows another repository by its first commit where it has no name on a host', () => {
    const request = aRequest(next, { note: noteOf(OTHER, { root: OTHER }) });
    assert.throws(() => planDeploy(request, standing({ root: NEWEST, repository: 'github.com/acme/dags' })), {
      message:
        'Cannot deploy for team weather: its DAGs there come from the repository that begins with commit bbbbbbb, and this is one that begins with commit ccccccc.',
      code: 'HERMES_DEPLOY_REPOSITORY',
    });
    for (const known of [{ root: OTHER }, {}])
      assert.equal(planDeploy(request, standing(known)).kind, 'deploy');
  });

  it('refuses to take away every DAG unless that is asked for', () => {
    const request = aRequest(aBuild({ dags: {} }));
    assert.throws(() => planDeploy(request, standing()), {
      message: 'Cannot deploy: the build has no DAG, so all 2 of the team would disappear.',
      nextStep: 'If that is meant, add --allow-empty. Nothing was deployed.',
    });
    assert.deepEqual(planDeploy({ ...request, allowEmpty: true }, standing()).dags.removed, ['one', 'two']);
  });

  it('names the teams that have DAGs of the same ids', () => {
    const dags = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`d${index}`, 'a']));
    const taken = new Map(Object.keys(dags).map((id) => [id, 'climate']));
    assert.throws(() => planDeploy(aRequest(aBuild({ dags })), { taken, version: 'nothing' }), {
      message:
        'Cannot deploy for team weather: other teams have deployed DAGs of these ids: d0 (team climate), d1 (team climate), d2 (team climate), d3 (team climate), d4 (team climate) and 2 more.',
      nextStep: 'Give yours an id of its own, for example weather_d0. Nothing was deployed.',
    });
  });

  it('restores an earlier deploy as a deploy of its own', () => {
    const earlier = planDeploy(aRequest(next, { note: noteOf(OTHER) }), {
      taken: new Map(),
      version: '',
    }).deploy;
    const note = { at: '2026-11-21T07:00:00.000Z', by: 'Cy', reason: 'it runs twice' };
    const { record } = planRestore('weather', earlier, note, standing({ number: 5 })).deploy;
    const { number, restores, commit, newest, by, build } = record;
    assert.deepEqual([number, restores, commit, newest, by], [6, 1, OTHER, NEWEST, 'Cy']);
    assert.equal(build, earlier.record.build);
  });

  it('names the deploys there are when one is asked for that is not', () => {
    const { record } = standing().current ?? assert.fail();
    assert.throws(() => chooseEarlier([record], record, 7), {
      message: 'Cannot roll back to deploy 7: there is no such deploy. The last ones: 1.',
    });
    assert.throws(() => chooseEarlier([record], record, undefined), {
      message: 'Cannot roll back: no deploy with other DAGs came before the one that stands.',
    });
  });
});

describe('the order of writes', () => {
  const names = (writes: ReturnType<typeof planWrites>): string[] =>
    writes.map(({ kind, name }) => `${kind} ${name}`);
  const without = (files: ReadonlyMap<string, string>) =>
    new Map([...files].filter(([name]) => name !== 'hermes-build.json'));

  it('writes a manifest before its new loader, and removes it after', () => {
    const two = without(aBuild({ dags: { a: '1', b: '1' }, shards: 2 }));
    assert.deepEqual(names(planWrites(two, new Map(), [], 1)).slice(0, 2), [
      'write hermes_dags_0.json',
      'write hermes_dags_1.json',
    ]);
    const one = without(aBuild({ dags: { a: '1', b: '1' } }));
    assert.deepEqual(names(planWrites(one, two, [...two.keys()], 1)), [
      'write hermes_dags_0.json',
      'write hermes_dags_0.py',
      'remove hermes_dags_1.py',
      'remove hermes_dags_1.json',
    ]);
  });

  it('never gives a file a size that one of the last deploys gave it: Airflow takes those for unchanged', () => {
    let [before, sizes]: [ReadonlyMap<string, string>, number[]] = [new Map(), []];
    for (let number = 1; number <= 60; number += 1) {
      const content = 'x'.repeat(number % 7);
      const writes = planWrites(
        without(aBuild({ dags: { a: `${content}${number % 2}` } })),
        before,
        [],
        number,
      );
      const written = new Map(
        writes.flatMap((write) => (write.kind === 'write' ? [[write.name, write.text]] : [])),
      );
      assert.equal(
        written.size,
        2,
        'the loader is written with its manifest, so that Airflow reads it at once',
      );
      before = written as ReadonlyMap<string, string>;
      sizes.push(Buffer.byteLength(before.get('hermes_dags_0.json') ?? ''));
    }
    assert.equal(new Set(sizes.map((size) => size % 64)).size, 60);
  });
});
