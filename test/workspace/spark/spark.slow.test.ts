import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../../../src/core/clock.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import { isAlive, recordedEngine } from '../../../src/workspace/spark/engine-process.ts';
import { sparkEngines } from '../../../src/workspace/spark/engines.ts';
import { describeTable, listTables } from '../../../src/workspace/spark/tables.ts';
import { pythonTools } from '../../python-tools.ts';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace, type TestWorkspace } from '../workspace-harness.ts';

interface Reply {
  readonly statement_id: string;
  readonly status: {
    readonly state: string;
    readonly sql_state?: string;
    readonly error?: { readonly message: string };
  };
  readonly manifest?: { readonly total_chunk_count: number; readonly truncated: boolean };
  readonly result?: {
    readonly data_array?: readonly (readonly (string | null)[])[];
    readonly next_chunk_internal_link?: string;
  };
}

const REPORT = `
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.getOrCreate()
listings = spark.table("prod_market.listings")
monthly = listings.groupBy((F.col("id") % 2).alias("odd")).agg(F.count("*").alias("n"))
monthly.write.mode("overwrite").saveAsTable("products.monthly")
spark.sql("CREATE DATABASE IF NOT EXISTS mine")
spark.sql("""CREATE TABLE mine.first AS SELECT "it's" AS word""")
print([row.n for row in spark.table("products.monthly").orderBy("odd").collect()])
`;

describe('Spark and SQL of the workspace', () => {
  const data = temporaryFolder();
  const zones = [
    { name: 'dev', products: join(data, 'dev'), production: false, readPrefix: 'prod_' },
    { name: 'prod', products: join(data, 'prod'), production: true, readPrefix: '' },
  ];
  const variables = {
    HERMES_ENVIRONMENT: 'dev',
    HERMES_PRODUCTS_ZONE: pathToFileURL(join(data, 'dev')).href,
    HERMES_READ_PREFIX: 'prod_',
  };
  const cacheFolder = join(packageRoot, '.cache', 'e2e');
  let machine: NodeJS.ProcessEnv;
  let workspace: TestWorkspace;

  before(async function () {
    // The engine is installed once.
    this.timeout(300_000);
    machine = { ...process.env, PATH: `${pythonTools('test')}:${process.env.PATH}` };
    workspace = await openWorkspace({ machine, cacheFolder, zones, leashed: true });
    await rows('CREATE DATABASE market', { catalog: 'prod' });
    await rows('CREATE TABLE market.listings AS SELECT id FROM range(5)', { catalog: 'prod' });
  });
  after(closeWorkspaces);

  async function sql(statement: string, more: object = {}, token?: string): Promise<Reply> {
    const body = { statement, warehouse_id: 'embedded', wait_timeout: '50s', ...more };
    return (await workspace.call<Reply>('POST', '/api/2.0/sql/statements', body, token)).body;
  }

  async function rows(statement: string, more: object = {}): Promise<unknown> {
    const reply = await sql(statement, more);
    assert.equal(reply.status.state, 'SUCCEEDED', reply.status.error?.message);
    return reply.result?.data_array;
  }

  async function runScript(script: string): Promise<string> {
    const cluster = { spark_env_vars: variables };
    const run = await workspace.runUntil(await workspace.submit(script, { cluster }));
    const output = await workspace.output(run.tasks[0]?.run_id);
    assert.equal(run.state.result_state, 'SUCCESS', String(output.error_trace ?? output.logs));
    return String(output.logs);
  }

  it('runs a PySpark script unchanged, and shows its tables to the next run, to SQL and to the pages', async () => {
    assert.equal(await runScript(REPORT), '[3, 2]\n');
    const again = REPORT.replace('CREATE TABLE mine.first', 'CREATE TABLE IF NOT EXISTS mine.first');
    assert.equal(await runScript(again), '[3, 2]\n');
    assert.deepEqual(await rows('SELECT * FROM products.monthly ORDER BY odd'), [
      ['0', '3'],
      ['1', '2'],
    ]);
    assert.deepEqual(await rows('SELECT word FROM mine.first'), [["it's"]]);
    assert.deepEqual(
      listTables({ zones }).map(({ environment, database, table }) => `${environment} ${database}.${table}`),
      ['dev mine.first', 'dev products.monthly', 'prod market.listings'],
    );
    const found = describeTable({ zones }, { environment: 'dev', database: 'products', table: 'monthly' });
    assert.deepEqual(
      [found?.columns?.map(({ name, type }) => `${name} ${type}`), found?.rows, found?.history.length],
      [['odd bigint', 'n bigint'], 2, 2],
    );
  });

  it('runs the cells of a notebook of SQL, also those in Python that go on with the last result', async () => {
    const source = [
      '-- Databricks notebook source\n-- DBTITLE 1,First\nCREATE TABLE products.words AS SELECT "a;b" AS word;\n-- then\nSELECT word FROM products.words;',
      '-- only a remark',
      '-- MAGIC %python\n-- MAGIC dbutils.notebook.exit(_sqldf.first().word)',
    ].join('\n\n-- COMMAND ----------\n\n');
    const stored = async (path: string, language: string): Promise<string> => {
      const content = Buffer.from(source).toString('base64');
      await workspace.call('POST', '/api/2.0/workspace/import', {
        path,
        format: 'SOURCE',
        language,
        content,
      });
      const notebook_task = { notebook_path: path };
      const task = { spark_python_task: undefined, notebook_task };
      const cluster = { spark_env_vars: variables };
      const run = await workspace.runUntil(await workspace.submit('', { task, cluster }));
      const { notebook_output, error, logs } = await workspace.output(run.tasks[0]?.run_id);
      return `${JSON.stringify(notebook_output)} ${error} ${logs}`;
    };
    assert.equal(
      await stored('/Users/you@localhost/words', 'SQL'),
      '{"result":"a;b","truncated":false} undefined +----+\n|word|\n+----+\n| a;b|\n+----+\n\n',
    );
    assert.match(
      await stored('/Users/you@localhost/other', 'R'),
      /it is a notebook of R; notebooks of Python and SQL/,
    );
  });

  it('refuses every change of production, in the client and, where the client is bypassed, by the kernel', async function () {
    if (process.platform !== 'linux') this.skip();
    const before = await rows('SELECT * FROM prod_market.listings');
    const production = join(data, 'prod');
    const files = (): string[] => readdirSync(production, { recursive: true }).map(String).sort();
    const filesBefore = files();
    const tool = join(import.meta.dirname, 'every_write.py');
    const script = `import sys\nsys.path.insert(0, ${JSON.stringify(join(tool, '..'))})\nimport every_write # pyspark\nevery_write.main(${JSON.stringify(production)}, ${JSON.stringify(join(data, 'outside'))})`;
    const { guarded, bare, user } = JSON.parse(await runScript(script));
    assert.equal(user, 'you@localhost');
    assert.deepEqual(new Set(Object.values(guarded)), new Set(['PermissionError']), JSON.stringify(guarded));
    // These change the engine's memory of one session only.
    const harmless = ['DROP', 'CREATE DATABASE', 'read by path'];
    const done = Object.keys(bare).filter((way) => bare[way] === 'done' && !harmless.includes(way));
    assert.deepEqual(done, []);
    assert.deepEqual(files(), filesBefore);
    assert.equal(existsSync(join(data, 'outside')), false);
    assert.deepEqual(await rows('SELECT * FROM prod_market.listings'), before);
  });

  it('answers statements with typed parameters, limits, chunks, and errors as states', async () => {
    const parameters = [
      { name: 'a', value: '5', type: 'INT' },
      { name: 'b', value: "o'b" },
      { name: 'c', type: 'DATE' },
    ];
    assert.deepEqual(await rows('SELECT :a + 1, :b, :c', { parameters }), [['6', "o'b", null]]);
    const limited = await sql('SELECT id FROM range(100)', { row_limit: 3 });
    assert.deepEqual(
      [limited.manifest?.truncated, limited.result?.data_array],
      [true, [['0'], ['1'], ['2']]],
    );
    const large = await sql("SELECT id, repeat('x', 1000) FROM range(5000)");
    assert.equal(large.manifest?.total_chunk_count, 2);
    const next = await workspace.call<NonNullable<Reply['result']>>(
      'GET',
      large.result?.next_chunk_internal_link ?? '',
    );
    assert.equal((next.body.data_array?.length ?? 0) + (large.result?.data_array?.length ?? 0), 5000);
    const wrong = await sql('SELECT * FROM nowhere.at_all');
    assert.deepEqual(
      [wrong.status.state, wrong.status.error?.message],
      [
        'FAILED',
        '[TABLE_OR_VIEW_NOT_FOUND] The table or view `nowhere`.`at_all` cannot be found. SQLSTATE: 42P01',
      ],
    );
    const states = ['SELEC 1', '-- nothing', 'SELECT 1; SELECT 2', 'SELECT nope FROM range(3)'].map(
      async (text) => (await sql(text)).status.sql_state,
    );
    assert.deepEqual(await Promise.all(states), ['42601', '42617', '42601', '42703']);
    const secret = await sql(`SELECT * FROM text.\`${join(workspace.folder, 'owner-token')}\``);
    assert.match(secret.status.error?.message ?? '', /^\[INSUFFICIENT_PERMISSIONS\] Cannot read /);
  });

  it('keeps statements to those who made them, and production from users', async () => {
    const ana = workspace.user('ana', 'weather');
    const refused = await sql('INSERT INTO market.listings VALUES (1)', { catalog: 'prod' }, ana);
    assert.equal(
      refused.status.error?.message,
      '[INSUFFICIENT_PERMISSIONS] Cannot change market.listings: you may only read prod here. Its tables are written by runs.',
    );
    assert.equal(
      (await sql('SELECT count(*) FROM market.listings', { catalog: 'prod' }, ana)).status.state,
      'SUCCEEDED',
    );
    const { statement_id: id } = await sql('SELECT 1');
    const other = await workspace.call('GET', `/api/2.0/sql/statements/${id}`, undefined, ana);
    assert.deepEqual(
      [other.status, other.body],
      [404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `The statement ${id} was not found.` }],
    );
  });

  it('interrupts a statement that is cancelled, and goes on', async () => {
    const endless = 'SELECT count(*) FROM range(100000000000) WHERE sin(id) > 2';
    const going = await sql(endless, { wait_timeout: '0s' });
    await workspace.call('POST', `/api/2.0/sql/statements/${going.statement_id}/cancel`);
    const ended = await workspace.call<Reply>('GET', `/api/2.0/sql/statements/${going.statement_id}`);
    assert.equal(ended.body.status.state, 'CANCELED');
    assert.deepEqual(await rows('SELECT 2'), [['2']]);
  });

  it('starts the engine again after it was killed, and ends what a killed workspace left', async () => {
    const engines = join(workspace.folder, 'spark');
    const [name] = readdirSync(engines).filter((each) => recordedEngine(join(engines, each)) !== undefined);
    const killed = recordedEngine(join(engines, name ?? ''));
    assert.ok(killed !== undefined);
    process.kill(killed.pid, 'SIGKILL');
    while (isAlive(killed)) await delay(20);
    assert.deepEqual(await rows('SELECT 3'), [['3']]);
    assert.equal(
      await runScript(REPORT.replace('CREATE TABLE mine', 'CREATE TABLE IF NOT EXISTS mine')),
      '[3, 2]\n',
    );

    const left = temporaryFolder();
    cpSync(engines, join(left, 'spark'), { recursive: true });
    const engine = readdirSync(engines).map((each) => recordedEngine(join(left, 'spark', each)))[0];
    assert.ok(engine !== undefined);
    const successor = sparkEngines({
      folder: left,
      machine,
      zones,
      protectedFolders: [],
      keptFolders: [],
      python: () => Promise.reject(new Error('no Python is needed')),
      runtime: () => Promise.reject(new Error('no packages are needed')),
      kind: () => 'sail',
      clock: systemClock,
      leashed: true,
      signal: new AbortController().signal,
    });
    await successor.recover(true);
    assert.equal(isAlive(engine), true);
    await successor.recover(false);
    assert.equal(isAlive(engine), false);
  });
});
