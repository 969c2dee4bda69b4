import assert from 'node:assert/strict';
import type { Identity } from '../../../src/workspace/identity/users.ts';
import { labelOldRuns } from '../../../src/workspace/jobs/run-labels.ts';
import { listDagRuns } from '../../../src/workspace/pages/dag-runs.ts';
import { parseRunFilter, searchRuns } from '../../../src/workspace/pages/run-search.ts';
import { type Database, openDatabase } from '../../../src/workspace/state/database.ts';
import { temporaryFolder } from '../../setup.ts';

const NOW = Date.UTC(2026, 10, 22);
const HOUR = 3_600_000;
const admin: Identity = { userName: 'you', groups: ['admins'], isAdmin: true };
const ada: Identity = { userName: 'ada', groups: ['weather'], isAdmin: false };

/** Ten runs, an hour apart, of two teams in turn; the last two are going. */
function store(db: Database): void {
  for (let number = 1; number <= 10; number += 1) {
    const id = BigInt(number);
    const team = number % 2 === 0 ? 'weather' : 'market';
    const tags = { team, dag: 'd%_', dag_run: `r${Math.ceil(number / 4)}`, task: `t${number}` };
    const isGoing = number > 8;
    const at = NOW - (10 - number) * HOUR;
    db.run(
      `INSERT INTO runs (run_id, job_id, name, creator, request, timeout_seconds, submitted, ended, life, result)
       VALUES (?, ?, ?, 'you', '{}', 0, ?, ?, ?, ?)`,
      id,
      id,
      `d%_.t${number}`,
      at,
      isGoing ? null : at + 1,
      isGoing ? null : 'TERMINATED',
      isGoing ? null : number === 4 ? 'FAILED' : 'SUCCESS',
    );
    db.run(
      "INSERT INTO task_runs (run_id, parent, task_key, attempt, position, request, life) VALUES (?, ?, 't', 0, 0, ?, 'RUNNING')",
      id + 100n,
      id,
      JSON.stringify({ evaluated: { spec: { custom_tags: tags } } }),
    );
    db.run("INSERT INTO permissions VALUES ('jobs', ?, 'group_name', ?, 'CAN_VIEW')", String(number), team);
  }
  // As a database that was made before runs had labels.
  db.run("DELETE FROM meta WHERE key = 'runs_are_labelled'");
  labelOldRuns(db);
}

describe('the search for runs', () => {
  let db: Database;
  before(() => {
    db = openDatabase(temporaryFolder());
    store(db);
  });
  after(() => db.close());

  const found = (query: Record<string, string>, who = admin, limit = 50): number[] =>
    searchRuns(db, parseRunFilter(query), who, NOW, limit).runs.map((run) => Number(run.run_id));

  const cases: [string, Record<string, string>, number[]][] = [
    ['shows what is going first, then the newest', {}, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ['holds to a team', { team: 'weather' }, [10, 8, 6, 4, 2]],
    ['holds to a state', { state: 'failed' }, [4]],
    ['holds to what is going', { state: 'going', team: 'market' }, [9]],
    ['holds to an age', { age: '1h' }, [10, 9]],
    ['finds a text in names, as it is', { text: '%_.t1' }, [10, 1]],
    ['finds a DAG run', { text: 'r2' }, [8, 7, 6, 5]],
    ['finds an id', { text: '7' }, [7]],
    [
      'leaves out what it does not know',
      { state: 'nice', age: '2y', before: 'x' },
      [10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
    ],
  ];
  for (const [behaviour, query, ids] of cases) it(behaviour, () => assert.deepEqual(found(query), ids));

  it('shows to each what he may see', () => {
    assert.deepEqual(found({}, ada), [10, 8, 6, 4, 2]);
    assert.deepEqual(found({ team: 'market' }, ada), []);
  });

  it('goes on to older pages until there are none', () => {
    const pages: number[][] = [];
    let before: string | undefined;
    do {
      const query = before === undefined ? {} : { before };
      const { runs, older } = searchRuns(db, parseRunFilter(query), admin, NOW, 3);
      pages.push(runs.map((run) => Number(run.run_id)));
      before = older === undefined ? undefined : String(older);
    } while (before !== undefined);
    assert.deepEqual(pages, [
      [10, 9, 8, 7, 6],
      [5, 4, 3],
      [2, 1],
    ]);
  });

  it('gathers the runs of tasks into DAG runs, the newest first, as far as each may see', () => {
    const list = (who: Identity, before?: bigint): string[] =>
      listDagRuns(db, who, before === undefined ? {} : { before }, 10).map(
        ({ dagRun, newest }) => `${dagRun} ${newest}`,
      );
    assert.deepEqual(list(admin), ['r3 10', 'r2 8', 'r1 4']);
    assert.deepEqual(list(admin, 8n), ['r1 4']);
    assert.deepEqual(list({ ...ada, groups: ['market'] }), ['r3 9', 'r2 7', 'r1 3']);
  });
});
