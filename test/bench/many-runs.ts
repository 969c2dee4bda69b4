import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { parseJson, stringifyJson } from '../../src/core/json.ts';
import { readScenario } from '../../src/workspace/scenario/scenario.ts';
import { startWorkspace } from '../../src/workspace/server/server.ts';

/** A real run's size: the parameters, tags and variables that Hermes sends. */
const request = {
  run_name: 'seattle_weather.clean',
  access_control_list: [
    { group_name: 'weather', permission_level: 'CAN_MANAGE_RUN' },
    { group_name: 'data-engineers', permission_level: 'CAN_VIEW' },
  ],
  tasks: [
    {
      task_key: 'clean',
      spark_python_task: {
        python_file: '/scripts/observations-1.5.0.py',
        parameters: ['--day', '2026-11-22'],
      },
      new_cluster: {
        autoscale: { min_workers: 1, max_workers: 2 },
        spark_version: '15.4.x-scala2.12',
        node_type_id: 'm5.large',
        spark_conf: { 'spark.databricks.acl.needAdminPermissionToViewLogs': 'false' },
        spark_env_vars: {
          HERMES_ENVIRONMENT: 'dev',
          HERMES_READ_PREFIX: 'prod_',
          HERMES_PRODUCTS_ZONE: '/products/weather',
          DD_SERVICE: 'hermes',
          DD_TAGS: 'team:weather,project:observations,dag:seattle_weather,task:clean',
        },
        custom_tags: {
          team: 'weather',
          project: 'observations',
          dag: 'seattle_weather',
          task: 'clean',
          version: '1.5.0',
          environment: 'dev',
        },
      },
    },
  ],
};

/** Makes one run through the API and stores it so many times over; answers the id of the first. */
export async function storeRuns(folder: string, count: number): Promise<bigint> {
  const id = await makeOneRun(folder);
  const db = new DatabaseSync(join(folder, 'workspace.db'));
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF');
  const clusters = '(SELECT cluster_id FROM task_runs WHERE parent = :id)';
  copyRows(db, 'runs', 'run_id = :id', count, id, {
    run_id: 'run_id + 2 * n',
    job_id: 'job_id + n',
    token: 'NULL',
    submitted: 'submitted - n * 1000',
    ended: 'ended - n * 1000',
  });
  copyRows(db, 'task_runs', 'parent = :id', count, id, {
    run_id: 'run_id + 2 * n',
    parent: 'parent + 2 * n',
    cluster_id: 'cluster_id || n',
  });
  copyRows(db, 'clusters', `cluster_id = ${clusters}`, count, id, {
    cluster_id: 'cluster_id || n',
    task_run: 'task_run + 2 * n',
  });
  copyRows(db, 'permissions', "object_type = 'jobs'", count, id, {
    object_id: 'CAST(CAST(object_id AS INTEGER) + n AS TEXT)',
  });
  db.exec(`UPDATE counters SET next = next + 2 * ${count}`);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
  return id;
}

async function makeOneRun(folder: string): Promise<bigint> {
  const file = join(folder, 'quick.yaml');
  writeFileSync(file, 'runs: [{ outcome: success, log: done }]\n');
  const workspace = await startWorkspace({ folder, machine: process.env, scenario: readScenario(file) });
  if (workspace === undefined) throw new Error('another workspace serves the folder');
  const { url, token } = workspace;
  const call = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${token}` } });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return parseJson(text) as { run_id: bigint; end_time: number };
  };
  const body = stringifyJson(request);
  const { run_id } = await call('/api/2.2/jobs/runs/submit', { method: 'POST', body });
  while ((await call(`/api/2.2/jobs/runs/get?run_id=${run_id}`)).end_time === 0) await delay(5);
  await workspace.close();
  rmSync(file);
  return BigInt(run_id);
}

/** Every column of the rows as it is, but for those that are computed of the row and its number `n`. */
function copyRows(
  db: DatabaseSync,
  table: string,
  where: string,
  count: number,
  id: bigint,
  changed: Readonly<Record<string, string>>,
): void {
  const columns = db
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map(({ name }) => String(name));
  const values = columns.map((name) => changed[name] ?? name);
  db.prepare(
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
     INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM ${table}, numbers WHERE ${where}`,
  ).run(where.includes(':id') ? { ':count': count, ':id': id } : { ':count': count });
}
