import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { keepIdsOfTriggers } from '../../../../src/engines/airflow/local/ids-of-triggers.ts';
import { temporaryFolder } from '../../../setup.ts';

/** As Airflow 3.3 makes them. */
const TABLES = `
CREATE TABLE team (name VARCHAR(50) NOT NULL PRIMARY KEY);
CREATE TABLE "trigger" (
\tid INTEGER NOT NULL, 
\tclasspath VARCHAR(1000) NOT NULL, 
\tteam_name VARCHAR(50), 
\tCONSTRAINT trigger_pkey PRIMARY KEY (id), 
\tCONSTRAINT trigger_team_name_fkey FOREIGN KEY(team_name) REFERENCES team (name) ON DELETE SET NULL
);
CREATE INDEX idx_trigger_team_name ON "trigger" (team_name);
CREATE TABLE callback (id INTEGER, trigger_id INTEGER, FOREIGN KEY(trigger_id) REFERENCES "trigger" (id));
INSERT INTO team VALUES ('weather');
INSERT INTO "trigger" VALUES (7, 'A', 'weather');
INSERT INTO callback VALUES (1, 7);
`;

describe('the triggers in an SQLite database of Airflow', () => {
  const file = join(temporaryFolder(), 'airflow.db');

  it('have ids that are not given again, beside all that stood before', () => {
    const database = new DatabaseSync(file);
    database.exec(TABLES);
    database.close();
    keepIdsOfTriggers(file);
    const after = new DatabaseSync(file);
    assert.deepEqual(
      { ...after.prepare('SELECT * FROM "trigger"').get() },
      {
        id: 7,
        classpath: 'A',
        team_name: 'weather',
      },
    );
    assert.throws(() => after.exec('DELETE FROM "trigger"'), /FOREIGN KEY constraint failed/);
    after.exec(
      'DELETE FROM callback; DELETE FROM "trigger"; INSERT INTO "trigger" (classpath) VALUES (\'B\')',
    );
    assert.deepEqual({ ...after.prepare('SELECT id FROM "trigger"').get() }, { id: 8 });
    assert.deepEqual(
      after
        .prepare('PRAGMA index_list("trigger")')
        .all()
        .map(({ name }) => name),
      ['idx_trigger_team_name'],
    );
    after.close();
  });

  it('stay as they are where they have them, or there are none', () => {
    const none = join(temporaryFolder(), 'none.db');
    for (const each of [file, file, none]) keepIdsOfTriggers(each);
    const database = new DatabaseSync(file);
    assert.deepEqual({ ...database.prepare('SELECT id FROM "trigger"').get() }, { id: 8 });
    database.close();
  });
});
