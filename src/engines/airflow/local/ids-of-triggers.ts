import { DatabaseSync } from 'node:sqlite';

/**
 * Makes an SQLite database of Airflow give each trigger an id of its own. Airflow's table has ids that SQLite takes from
 * the rows that stand (https://www.sqlite.org/autoinc.html): the id of a trigger that was deleted goes to the next one,
 * and a task that was cleared while the triggerer waited for its run is woken by the end of the run before.
 *
 * A database that has it already, or has no such table or another one, stays as it is. Nobody may write to it meanwhile.
 * @param file `airflow.db`
 */
export function keepIdsOfTriggers(file: string): void {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  try {
    const table = definitionOf(database, "type = 'table' AND name = 'trigger'")[0];
    if (table === undefined || /AUTOINCREMENT/i.test(table)) return;
    const keyed = withOwnIds(table);
    if (!/AUTOINCREMENT/.test(keyed)) return;
    const others = definitionOf(database, "type <> 'table' AND tbl_name = 'trigger' AND sql IS NOT NULL");
    database.exec('BEGIN IMMEDIATE');
    for (const step of rebuilding(keyed, others)) database.exec(step);
    database.exec('COMMIT');
  } finally {
    // What was begun and not committed is undone.
    database.close();
  }
}

/** The table under another name; as it is where it does not look like Airflow's. */
function withOwnIds(table: string): string {
  return table
    .replace(/"trigger"/, '"trigger_rebuilt"')
    .replace(/\bid INTEGER NOT NULL(?=,\s)/, 'id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL')
    .replace(/\s*CONSTRAINT \w+ PRIMARY KEY \(id\)\s*,/, '');
}

/** The order that https://www.sqlite.org/lang_altertable.html#otheralter gives, since other tables point at this one. */
function rebuilding(table: string, others: readonly string[]): string[] {
  return [
    table,
    'INSERT INTO "trigger_rebuilt" SELECT * FROM "trigger"',
    'DROP TABLE "trigger"',
    'ALTER TABLE "trigger_rebuilt" RENAME TO "trigger"',
    ...others,
  ];
}

function definitionOf(database: DatabaseSync, which: string): string[] {
  const rows = database.prepare(`SELECT sql FROM sqlite_master WHERE ${which}`).all();
  return rows.map(({ sql }) => String(sql));
}
