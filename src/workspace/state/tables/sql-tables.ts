/** SQL statements and sessions. Rows of results lie in files beside the database. */
export const SQL_TABLES = `
CREATE TABLE IF NOT EXISTS sql_statements (
  statement_id TEXT PRIMARY KEY, creator TEXT NOT NULL, submitted REAL NOT NULL, ended REAL, state TEXT NOT NULL,
  format TEXT NOT NULL, error_code TEXT, error_message TEXT, manifest TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS sql_statements_by_end ON sql_statements (ended);
CREATE TABLE IF NOT EXISTS sql_sessions (
  session_id TEXT PRIMARY KEY, creator TEXT NOT NULL, created REAL NOT NULL, catalog TEXT, database TEXT
) STRICT;
`;
