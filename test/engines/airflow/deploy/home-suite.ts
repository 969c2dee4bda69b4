import assert from 'node:assert/strict';
import type { HermesError } from '../../../../src/core/errors.ts';
import { chooseEarlier } from '../../../../src/engines/airflow/deploy/choose-earlier.ts';
import { deploy } from '../../../../src/engines/airflow/deploy/deploy.ts';
import type { DeployHome } from '../../../../src/engines/airflow/deploy/deploy-home.ts';
import { planRestore } from '../../../../src/engines/airflow/deploy/plan-deploy.ts';
import { swiftClock } from '../../../fakes/swift-clock.ts';
import { aBuild, aRequest, decides, loadDags } from './a-build.ts';

/** An empty place, and a look at it that does not go through Hermes. */
export interface PlaceUnderTest {
  readonly home: DeployHome;
  /** What Airflow reads of a team: texts by the names of files. */
  live(team: string): Promise<ReadonlyMap<string, string>>;
  /** Somebody else writes a file there. */
  write(team: string, name: string, text: string): Promise<void>;
}

const note = { at: '2026-11-21T07:00:00.000Z', by: 'Bo', reason: 'too early' };

/** Judges a place that DAGs are deployed to. `makePlace` answers an empty one. */
export function itTakesDeploys(makePlace: () => Promise<PlaceUnderTest>): void {
  const put = (home: DeployHome, files: Parameters<typeof aRequest>[0], more = {}) => {
    const request = aRequest(files, more);
    return deploy(home, request.team, decides(request), { clock: swiftClock() });
  };

  it('has nothing before the first deploy', async () => {
    const { home } = await makePlace();
    const standing = await home.read('weather');
    assert.deepEqual([standing.current, standing.taken.size], [undefined, 0]);
    assert.deepEqual(await home.history('weather', Infinity), []);
  });

  it('gives Airflow the files, and keeps what was deployed', async () => {
    const { home, live } = await makePlace();
    const files = aBuild({ dags: { one: 'a', two: 'b\u202e"\\n€' } });
    const { kind, deploy: done } = await put(home, files);
    assert.equal(kind, 'deploy');
    assert.deepEqual(
      loadDags(await live('weather')),
      new Map([
        ['one', 'a'],
        ['two', 'b\u202e"\\n€'],
      ]),
    );
    assert.deepEqual([...(await live('weather')).keys()].sort(), ['hermes_dags_0.json', 'hermes_dags_0.py']);
    const { current } = await home.read('weather');
    assert.deepEqual([current?.state, current?.record], ['whole', done.record]);
    assert.deepEqual(await home.history('weather', Infinity), [done.record]);
    assert.deepEqual(
      new Map([...(await home.files('weather', done.record))].sort()),
      new Map([...files].sort()),
    );
  });

  it('changes the loader with its manifest, so that Airflow reads it at once', async () => {
    const { home, live } = await makePlace();
    await put(home, aBuild({ dags: { one: 'a' } }));
    const before = (await live('weather')).get('hermes_dags_0.py');
    await put(home, aBuild({ dags: { one: 'b' } }));
    assert.notEqual((await live('weather')).get('hermes_dags_0.py'), before);
  });

  it('does nothing for a build that stands', async () => {
    const { home } = await makePlace();
    await put(home, aBuild({ dags: { one: 'a' } }));
    const before = await home.read('weather');
    assert.equal((await put(home, aBuild({ dags: { one: 'a' } }))).kind, 'nothing');
    assert.deepEqual(await home.read('weather'), before);
  });

  it('removes the files of shards that are gone, and leaves what is not its own', async () => {
    const { home, live, write } = await makePlace();
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`dag_${index}`, 'a']));
    await put(home, aBuild({ dags: many, shards: 4 }));
    await write('weather', 'by_hand.txt', 'mine');
    assert.equal((await live('weather')).size, 9);
    const { dags } = await put(home, aBuild({ dags: { dag_1: 'a', dag_2: 'b', dag_9: 'c' } }));
    assert.deepEqual(
      [dags.added, dags.changed, dags.removed.length, dags.unchanged],
      [['dag_9'], ['dag_2'], 6, ['dag_1']],
    );
    const files = new Map(await live('weather'));
    assert.equal(files.get('by_hand.txt'), 'mine');
    files.delete('by_hand.txt');
    assert.deepEqual([...files.keys()].sort(), ['hermes_dags_0.json', 'hermes_dags_0.py']);
    assert.deepEqual([...loadDags(files).keys()], ['dag_1', 'dag_2', 'dag_9']);
  });

  it('refuses the DAG id of another team, and deploys nothing then', async () => {
    const { home, live } = await makePlace();
    await put(home, aBuild({ dags: { one: 'a' } }), { team: 'climate' });
    await assert.rejects(put(home, aBuild({ dags: { two: 'b', one: 'b' } })), (error: HermesError) => {
      assert.equal(
        error.message,
        'Cannot deploy for team weather: other teams have deployed DAGs of these ids: one (team climate).',
      );
      return error.code === 'HERMES_DAG_ID_TAKEN';
    });
    assert.equal((await live('weather')).size, 0);
    await put(home, aBuild({ dags: { two: 'b' } }));
    assert.deepEqual([...loadDags(await live('climate')).keys()], ['one']);
    assert.deepEqual([...(await home.read('climate')).taken], [['two', 'weather']]);
  });

  it('gives a DAG id to at most one of two teams that take it at the same time', async () => {
    const { home, live } = await makePlace();
    const teams = ['weather', 'climate'];
    const outcomes = await Promise.allSettled(
      teams.map((team) => put(home, aBuild({ dags: { one: team } }), { team })),
    );
    const holders = [];
    for (const [index, team] of teams.entries()) {
      const has = (await live(team)).size > 0;
      assert.equal(has, outcomes[index]?.status === 'fulfilled');
      if (has) holders.push(team);
    }
    assert.ok(holders.length <= 1, 'both hold it');
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') assert.equal(outcome.reason.code, 'HERMES_DAG_ID_TAKEN');
  });

  it('lets one of two deploys that saw the same be first, and tells the other', async () => {
    const { home, live } = await makePlace();
    await put(home, aBuild({ dags: { one: 'a' } }));
    const seen = await home.read('weather');
    const plans = ['b', 'c'].map((content) => decides(aRequest(aBuild({ dags: { one: content } })))(seen));
    const outcomes = await Promise.all(plans.map((plan) => home.apply('weather', plan.deploy, seen)));
    assert.deepEqual([...outcomes].sort(), ['deployed', 'overtaken']);
    const winner = outcomes.indexOf('deployed');
    assert.deepEqual([...loadDags(await live('weather')).values()], [['b', 'c'][winner]]);
    assert.equal((await home.read('weather')).current?.state, 'whole');
  });

  it('does all of several deploys at once, one after the other', async () => {
    const { home, live } = await makePlace();
    const contents = ['a', 'b', 'c'];
    await Promise.all(contents.map((content) => put(home, aBuild({ dags: { one: content } }))));
    const history = await home.history('weather', Infinity);
    const { current } = await home.read('weather');
    assert.equal(current?.state, 'whole');
    assert.deepEqual(history[0], current?.record);
    const texts = await home.files('weather', current?.record ?? assert.fail());
    assert.deepEqual(loadDags(await live('weather')), loadDags(texts));
  });

  it('puts an earlier deploy back, byte for byte, and the one before that the next time', async () => {
    const { home, live } = await makePlace();
    const builds = ['a', 'b', 'c'].map((content) =>
      aBuild({ dags: { one: content, [content]: '' }, shards: 2 }),
    );
    for (const files of builds) await put(home, files);
    const back = async (wanted?: number) => {
      const { current } = await home.read('weather');
      const record = chooseEarlier(await home.history('weather', Infinity), current?.record, wanted);
      const files = await home.files('weather', record);
      return deploy(home, 'weather', (seen) => planRestore('weather', { record, files }, note, seen), {
        clock: swiftClock(),
      });
    };
    assert.deepEqual((await back()).dags, { added: ['b'], changed: ['one'], removed: ['c'], unchanged: [] });
    assert.deepEqual(
      loadDags(await live('weather')),
      new Map([
        ['b', ''],
        ['one', 'b'],
      ]),
    );
    await back();
    assert.deepEqual(
      loadDags(await live('weather')),
      new Map([
        ['a', ''],
        ['one', 'a'],
      ]),
    );
    await assert.rejects(back(), { code: 'HERMES_NO_DEPLOY' });
    await back(3);
    assert.equal(loadDags(await live('weather')).get('one'), 'c');
    assert.equal((await back(3)).kind, 'nothing');
    const history = await home.history('weather', Infinity);
    assert.deepEqual(await home.history('weather', 2), history.slice(0, 2));
    assert.deepEqual(
      history.map(({ number, restores, reason }) => [number, restores, reason]),
      [
        [6, 3, 'too early'],
        [5, 1, 'too early'],
        [4, 2, 'too early'],
        [3, undefined, undefined],
        [2, undefined, undefined],
        [1, undefined, undefined],
      ],
    );
  });

  it('puts right what somebody edited, and says before that it was edited', async () => {
    const { home, live, write } = await makePlace();
    const files = aBuild({ dags: { one: 'a' } });
    await put(home, files);
    await write('weather', 'hermes_dags_0.json', '[]');
    assert.equal((await home.read('weather')).current?.state, 'edited');
    assert.equal((await put(home, files)).kind, 'finish');
    assert.deepEqual(loadDags(await live('weather')), new Map([['one', 'a']]));
    assert.equal((await home.read('weather')).current?.state, 'whole');
    assert.equal((await home.history('weather', Infinity)).length, 1);
  });

  it('takes the last DAG away when that is asked for', async () => {
    const { home, live } = await makePlace();
    await put(home, aBuild({ dags: { one: 'a' } }));
    await put(home, aBuild({ dags: {} }), { allowEmpty: true });
    assert.equal((await live('weather')).size, 0);
    assert.equal((await home.read('weather')).current?.state, 'whole');
  });
}
