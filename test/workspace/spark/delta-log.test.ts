import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDeltaLog } from '../../../src/workspace/spark/delta-log.ts';
import { describeTable, listTables } from '../../../src/workspace/spark/tables.ts';
import { viewOfRun } from '../../../src/workspace/spark/zones.ts';
import { temporaryFolder } from '../../setup.ts';

const SCHEMA = JSON.stringify({
  type: 'struct',
  fields: [
    { name: 'id', type: 'long', nullable: false, metadata: { comment: 'the key' } },
    {
      name: 'tags',
      type: { type: 'array', elementType: 'string', containsNull: true },
      nullable: true,
      metadata: {},
    },
    {
      name: 'place',
      type: { type: 'struct', fields: [{ name: 'x', type: 'decimal(4,1)', nullable: true, metadata: {} }] },
      nullable: true,
      metadata: {},
    },
  ],
});

/** Writes a Delta log: each commit is a list of actions. */
function deltaTable(folder: string, commits: readonly (readonly object[])[]): string {
  mkdirSync(join(folder, '_delta_log'), { recursive: true });
  for (const [version, actions] of commits.entries()) {
    const text = actions.map((action) => `${JSON.stringify(action)}\n`).join('');
    writeFileSync(join(folder, '_delta_log', `${String(version).padStart(20, '0')}.json`), text);
  }
  return folder;
}

function add(path: string, rows: number): object {
  return { add: { path, size: 10 * rows, stats: JSON.stringify({ numRecords: rows }) } };
}

describe('tables of a zone', () => {
  it('are described by their log: schema, history newest first, rows and bytes of the last version', () => {
    const commit = {
      timestamp: 5,
      operation: 'WRITE',
      operationParameters: { mode: 'Append', metadata: '{}' },
    };
    const log = readDeltaLog(
      deltaTable(temporaryFolder(), [
        [{ metaData: { schemaString: SCHEMA, partitionColumns: ['id'] } }, add('a', 2)],
        [{ commitInfo: commit }, { remove: { path: 'a' } }, add('b', 3), add('c', 4)],
      ]),
    );
    assert.deepEqual(log?.columns, [
      { name: 'id', type: 'bigint', isNullable: false, comment: 'the key' },
      { name: 'tags', type: 'array<string>', isNullable: true },
      { name: 'place', type: 'struct<x:decimal(4,1)>', isNullable: true },
    ]);
    assert.deepEqual([log?.version, log?.rows, log?.bytes, log?.partitionColumns], [1, 7, 70, ['id']]);
    assert.deepEqual(log?.history[0], {
      version: 1,
      at: 5,
      operation: 'WRITE',
      parameters: { mode: 'Append' },
    });
    assert.equal(log?.history[1]?.operation, 'UNKNOWN');
  });

  it('leave out what a log does not say, or says in a way that is none', () => {
    const folder = deltaTable(temporaryFolder(), [
      [{ metaData: { schemaString: 'no JSON' } }, { add: { path: 'a' } }],
    ]);
    writeFileSync(join(folder, '_delta_log', '00000000000000000001.json'), 'null\n[]\n{"add":5}\n{');
    const log = readDeltaLog(folder);
    assert.deepEqual(
      [log?.version, log?.columns, log?.rows, log?.bytes],
      [1, undefined, undefined, undefined],
    );
    assert.equal(readDeltaLog(temporaryFolder()), undefined);
  });

  it('are found below their own zone only: neither links nor names with a way out lead anywhere else', () => {
    const [products, elsewhere] = [temporaryFolder(), temporaryFolder()];
    deltaTable(join(products, 'mine', 'first'), [[add('a', 1)]]);
    deltaTable(join(elsewhere, 'secret'), [[add('a', 1)]]);
    symlinkSync(elsewhere, join(products, 'linked'));
    symlinkSync(join(elsewhere, 'secret'), join(products, 'mine', 'linked'));
    const zones = [{ name: 'dev', products, production: false, readPrefix: '' }];
    assert.deepEqual(
      listTables({ zones }).map(({ database, table }) => `${database}.${table}`),
      ['mine.first'],
    );
    const address = { environment: 'dev', database: 'mine', table: 'first' };
    assert.notEqual(describeTable({ zones }, address), undefined);
    for (const change of [
      { table: '../first' },
      { database: 'linked' },
      { table: 'linked' },
      { environment: 'x' },
    ])
      assert.equal(describeTable({ zones }, { ...address, ...change }), undefined);
  });

  it('are shown to a run by the variables of its cluster: production by the prefix only, and not to itself', () => {
    const zones = [
      { name: 'dev', products: '/z/dev', production: false, readPrefix: 'prod_' },
      { name: 'prod', products: '/z/prod', production: true, readPrefix: '' },
    ];
    const dev = {
      HERMES_ENVIRONMENT: 'dev',
      HERMES_PRODUCTS_ZONE: 'file:///z/dev',
      HERMES_READ_PREFIX: 'prod_',
    };
    const shared = [{ prefix: 'prod_', folder: '/z/prod' }];
    assert.deepEqual(viewOfRun(dev, zones), { name: 'dev', products: '/z/dev', isWritable: true, shared });
    assert.deepEqual(viewOfRun({ ...dev, HERMES_READ_PREFIX: '' }, zones).shared, []);
    assert.deepEqual(viewOfRun({}, zones), { name: 'dev', products: '/z/dev', isWritable: true, shared });
    for (const zone of ['file:///z/prod', 'file:///z/prod/market', 'file:///z', 'file:///z/dev/../prod']) {
      const bold = { ...dev, HERMES_PRODUCTS_ZONE: zone };
      assert.equal(viewOfRun(bold, zones).isWritable, false, zone);
      assert.equal(viewOfRun({ ...bold, HERMES_PRODUCTION: 'true' }, zones).isWritable, true);
    }
    const remote = { ...dev, HERMES_PRODUCTS_ZONE: 's3://acme/products' };
    for (const kept of ['/z/dev/in', '/z'])
      assert.equal(viewOfRun(dev, zones, [kept]).isWritable, false, kept);
    assert.deepEqual(viewOfRun(remote, []), { name: 'dev', isWritable: true, shared: [] });
  });
});
