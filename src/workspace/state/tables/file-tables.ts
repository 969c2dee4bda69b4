/** The three trees of files: workspace, DBFS and volumes. The content lies beside the database, named by a random id. */
export const FILE_TABLES = `
CREATE TABLE IF NOT EXISTS files (
  id INTEGER PRIMARY KEY, tree TEXT NOT NULL, path TEXT NOT NULL, parent TEXT NOT NULL, kind TEXT NOT NULL,
  language TEXT, content TEXT, bytes REAL NOT NULL, created REAL NOT NULL, modified REAL NOT NULL,
  creator TEXT NOT NULL, UNIQUE (tree, path)
) STRICT;
CREATE INDEX IF NOT EXISTS files_by_parent ON files (tree, parent, path);
CREATE TABLE IF NOT EXISTS dropped_contents (content TEXT PRIMARY KEY) STRICT;
`;
