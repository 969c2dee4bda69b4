/** The three trees of files: workspace, DBFS and volumes. The content lies beside the database, named by a random id. */
export const FILE_TABLES = `
CREATE TABLE IF NOT EXISTS files (
  id INTEGER PRIMARY KEY, tree TEXT NOT NULL, path TEXT NOT NULL, parent TEXT NOT NULL, kind TEXT NOT NULL,
  language TEXT, content TEXT, bytes REAL NOT NULL, created REAL NOT NULL, modified REAL NOT NULL,
  creator TEXT NOT NULL, UNIQUE (tree, path)
) STRICT;
CREATE INDEX IF NOT EXISTS files_by_parent ON files (tree, parent, path);
CREATE TABLE IF NOT EXISTS dropped_contents (content TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS volumes (
  path TEXT PRIMARY KEY, volume_id TEXT NOT NULL, catalog TEXT NOT NULL, schema TEXT NOT NULL, name TEXT NOT NULL,
  comment TEXT, owner TEXT NOT NULL, created REAL NOT NULL, creator TEXT NOT NULL, updated REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS volume_grants (
  volume_id TEXT NOT NULL, principal TEXT NOT NULL, privilege TEXT NOT NULL,
  PRIMARY KEY (volume_id, principal, privilege)
) STRICT;
`;
