import { join } from 'node:path';
import type { Identity } from '../identity/users.ts';
import type { SqlService } from '../sql/sql-service.ts';
import { manifestOf, readChunk, statementById } from '../sql/statements.ts';
import type { Database } from '../state/database.ts';
import { type DeltaLog, entriesOf, readDeltaLog } from './delta-log.ts';
import type { Zone } from './zones.ts';

/** A table of a Products zone on this machine. */
export interface TableAddress {
  readonly environment: string;
  readonly database: string;
  readonly table: string;
}

export interface TableDescription extends TableAddress, DeltaLog {
  readonly isProduction: boolean;
  /** Folder of the table. */
  readonly location: string;
}

/** The first rows of a table as texts, or why there are none. */
export type TableSample =
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly (string | null)[])[] }
  | { readonly problem: string };

const NAME = /^[a-z0-9_]+$/;
const SAMPLE_ROWS = 20;
const SAMPLE_WAIT_MS = 30_000;

/**
 * The tables of all environments, by name. Every user of a workspace may read every environment by SQL, so each sees
 * all of them.
 */
export function listTables({ zones }: { readonly zones: readonly Zone[] }): TableDescription[] {
  return zones.flatMap((zone) =>
    foldersOf(zone.products).flatMap((database) =>
      foldersOf(join(zone.products, database)).flatMap((table) => describe(zone, database, table) ?? []),
    ),
  );
}

/** One table with its schema and history; undefined when there is none of that name. */
export function describeTable(
  { zones }: { readonly zones: readonly Zone[] },
  { environment, database, table }: TableAddress,
): TableDescription | undefined {
  const zone = zones.find((each) => each.name === environment);
  if (zone === undefined || !NAME.test(database) || !NAME.test(table)) return undefined;
  const isThere =
    foldersOf(zone.products).includes(database) && foldersOf(join(zone.products, database)).includes(table);
  return isThere ? describe(zone, database, table) : undefined;
}

/** Asks the engine for the first rows; it is started when it is not running. @param address Of a table that exists */
export async function sampleTable(
  parts: { readonly sql: SqlService; readonly db: Database; readonly folder: string },
  who: Identity,
  { environment, database, table }: TableAddress,
): Promise<TableSample> {
  const id = await parts.sql.submit(
    {
      sql: `SELECT * FROM \`${database}\`.\`${table}\` LIMIT ${SAMPLE_ROWS}`,
      parameters: [],
      catalog: environment,
      waitMs: SAMPLE_WAIT_MS,
      isCancelledAfterWait: true,
      format: 'JSON_ARRAY',
    },
    who,
  );
  const statement = statementById(parts.db, id);
  const manifest = statement === undefined ? undefined : manifestOf(statement);
  if (statement === undefined || manifest === undefined)
    return { problem: statement?.error_message ?? 'The engine did not answer in time.' };
  const columns = manifest.columns.map((column) => ('name' in column ? String(column.name) : ''));
  const rows = manifest.chunks.flatMap((chunk) =>
    JSON.parse(readChunk(parts.folder, statement, chunk.chunk_index).toString('utf8')),
  );
  return { columns, rows };
}

function describe(zone: Zone, database: string, table: string): TableDescription | undefined {
  const location = join(zone.products, database, table);
  const log = readDeltaLog(location);
  if (log === undefined) return undefined;
  return { environment: zone.name, isProduction: zone.production, database, table, location, ...log };
}

function foldersOf(folder: string): string[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory() && NAME.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}
