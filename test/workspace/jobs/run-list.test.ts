import assert from 'node:assert/strict';
import { mergeGrants } from '../../../src/workspace/identity/permissions.ts';
import type { Identity } from '../../../src/workspace/identity/users.ts';
import { insertRun } from '../../../src/workspace/jobs/new-run.ts';
import { listRuns, recentRuns } from '../../../src/workspace/jobs/run-list.ts';
import { succeeded } from '../../../src/workspace/jobs/run-state.ts';
import { endRun, endTask, tasksOf } from '../../../src/workspace/jobs/runs.ts';
import { parseSubmission } from '../../../src/workspace/jobs/submission.ts';
import { type Database, openDatabase } from '../../../src/workspace/state/database.ts';
import { fieldsOf } from '../../../src/workspace/wire/fields.ts';
import { temporaryFolder } from '../../setup.ts';
import { submitBody } from '../workspace-harness.ts';

const admin: Identity = { userName: 'you@localhost', groups: ['admins'], isAdmin: true };
const ana: Identity = { userName: 'ana', groups: ['weather'], isAdmin: false };

interface Page {
  readonly runs?: readonly { readonly run_id: bigint }[];
  readonly next_page_token?: string;
  readonly prev_page_token?: string;
}

function list(db: Database, parameters: Record<string, string>, who = admin): Page {
  return listRuns({ db, url: 'http://127.0.0.1:1' }, fieldsOf(parameters), who, '2.2') as unknown as Page;
}

function ids(page: Page): number[] {
  return (page.runs ?? []).map((run) => Number(run.run_id));
}

function add(db: Database, at: number): bigint {
  const body = submitBody('/x.py');
  const submission = parseSubmission(JSON.parse(JSON.stringify(body)));
  const planned = submission.tasks.map((task) => ({
    ...task,
    evaluated: { spec: task.newCluster, sources: {}, violations: [] },
  }));
  const run = {
    name: submission.runName,
    creator: admin.userName,
    runAs: admin.userName,
    request: JSON.stringify(body),
    timeoutSeconds: 0,
    tasks: planned,
    of: { grants: submission.grants },
  };
  return insertRun(db, run, new Date(at), 1n).runId;
}

function end(db: Database, runId: bigint, at: number): void {
  for (const task of tasksOf(db, runId)) endTask(db, task.run_id, succeeded, new Date(at));
  endRun(db, runId, undefined, new Date(at));
}

/** All pages from the first to the last. */
function* pages(db: Database, parameters: Record<string, string>): Generator<Page> {
  for (let token: string | undefined = ''; token !== undefined; ) {
    const page: Page = list(db, { ...parameters, ...(token === '' ? {} : { page_token: token }) });
    yield page;
    token = page.next_page_token;
  }
}

describe('runs/list', () => {
  let db: Database;
  beforeEach(() => {
    db = openDatabase(temporaryFolder());
  });
  afterEach(() => db.close());

  it('shows what is going by its start and what has ended by its end, the newest first', () => {
    const runs = [10, 20, 30, 40].map((at) => add(db, at));
    end(db, runs[3] ?? 0n, 50);
    end(db, runs[0] ?? 0n, 60);
    const going = [Number(runs[2]), Number(runs[1])];
    const over = [Number(runs[0]), Number(runs[3])];
    assert.deepEqual(ids(list(db, {})), [...going, ...over]);
    assert.deepEqual(ids(list(db, { active_only: 'true' })), going);
    assert.deepEqual(ids(list(db, { completed_only: 'true' })), over);
    assert.deepEqual(ids(list(db, { start_time_from: '20', start_time_to: '30' })), going);
    assert.deepEqual(ids(list(db, { offset: '1', limit: '2' })), [going[1], over[0]]);
    assert.deepEqual(
      recentRuns(db, admin, 3).map(({ run_id }) => Number(run_id)),
      [...going, over[0]],
    );
  });

  it('keeps its place while runs start and end between two pages', () => {
    const runs = Array.from({ length: 9 }, (_, at) => add(db, 100 + at));
    const walk = pages(db, { active_only: 'true', limit: '3' });
    const first = walk.next().value as Page;
    for (const runId of runs.slice(-3)) end(db, runId, 500);
    add(db, 900);
    const rest = [...walk].flatMap(ids);
    assert.deepEqual([...ids(first), ...rest], runs.toReversed().map(Number));
  });

  it('leads back to the page before', () => {
    const runs = Array.from({ length: 7 }, (_, at) => add(db, 100 + at));
    for (const runId of runs.slice(0, 4)) end(db, runId, 500);
    const all = [...pages(db, { limit: '3' })];
    assert.deepEqual(
      all.map((page) => ids(page).length),
      [3, 3, 1],
    );
    assert.equal(all[0]?.prev_page_token, undefined);
    const back = list(db, { limit: '3', page_token: all[2]?.prev_page_token ?? '' });
    assert.deepEqual(ids(back), ids(all[1] ?? {}));
    assert.deepEqual(
      ids(list(db, { limit: '3', page_token: back.prev_page_token ?? '' })),
      ids(all[0] ?? {}),
    );
    assert.deepEqual(
      ids(list(db, { limit: '3', page_token: back.next_page_token ?? '' })),
      ids(all[2] ?? {}),
    );
  });

  it('shows a person what is granted to the person or to a group, and no more', () => {
    const runs = Array.from({ length: 60 }, (_, at) => add(db, 100 + at));
    const job = (runId: bigint) =>
      String(db.row<{ job_id: bigint }>('SELECT job_id FROM runs WHERE run_id = ?', runId)?.job_id);
    const [mine = 0n, ours = 0n] = runs;
    mergeGrants(db, 'jobs', job(mine), [{ kind: 'user_name', principal: 'ana', level: 'CAN_VIEW' }]);
    mergeGrants(db, 'jobs', job(ours), [{ kind: 'group_name', principal: 'weather', level: 'CAN_VIEW' }]);
    mergeGrants(db, 'jobs', job(runs[2] ?? 0n), [
      { kind: 'group_name', principal: 'ana', level: 'CAN_VIEW' },
    ]);
    const page = list(db, { limit: '2' }, ana);
    assert.deepEqual([ids(page), page.next_page_token], [[Number(ours), Number(mine)], undefined]);
  });

  it('refuses a page token that it has not given', () => {
    for (const page_token of ['x', Buffer.from('after:2:1:1').toString('base64url')])
      assert.throws(() => list(db, { page_token }), { message: `Invalid page token: ${page_token}` });
  });
});
