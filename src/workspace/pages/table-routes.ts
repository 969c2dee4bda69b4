import type { Hono } from 'hono';
import { printableLine } from '../../core/printable.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { describeTable, listTables, sampleTable, type TableDescription } from '../spark/tables.ts';
import { page, refuse } from './page-frame.ts';
import { sampleFacts, tableFacts } from './table-facts.ts';
import { sizeWords, timeWords } from './words.ts';

/** The tables of the environments of this machine. Everyone may read them by SQL, so everyone sees them here. */
export function tableRoutes(app: Hono<AppTypes>, parts: WorkspaceParts): void {
  app.get('/tables', (c) => {
    const environments = Map.groupBy(listTables(parts), (table) => table.environment);
    return page(c, 'tables', 'Tables', {
      environments: [...environments].map(([environment, tables]) => ({
        environment: printableLine(environment),
        isProduction: tables.some((table) => table.isProduction),
        rows: tables.map(rowOf),
      })),
    });
  });
  app.get('/tables/:environment/:database/:table', async (c) => {
    const address = c.req.param();
    const found = describeTable(parts, address);
    const name = printableLine(`${address.database}.${address.table}`);
    if (found === undefined)
      return refuse(c, `There is no table ${name} in ${printableLine(address.environment)}.`, 404);
    const isAsked = c.req.query('rows') !== undefined;
    const sample = isAsked ? sampleFacts(await sampleTable(parts, c.var.who, address)) : undefined;
    return page(c, 'table', name, { ...tableFacts(found), url: urlOf(found), sample });
  });
}

function urlOf({ environment, database, table }: TableDescription): string {
  return `/tables/${[environment, database, table].map(encodeURIComponent).join('/')}`;
}

function rowOf(table: TableDescription) {
  const newest = table.history[0];
  return {
    name: printableLine(`${table.database}.${table.table}`),
    url: urlOf(table),
    columns: table.columns?.length,
    rows: table.rows?.toLocaleString('en'),
    size: table.bytes === undefined ? undefined : sizeWords(table.bytes),
    version: table.version,
    ...(newest === undefined ? {} : { changed: timeWords(newest.at), by: printableLine(newest.operation) }),
  };
}
