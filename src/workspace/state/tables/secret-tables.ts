/** Secret scopes, their encrypted values and who may use them. */
export const SECRET_TABLES = `
CREATE TABLE IF NOT EXISTS secret_scopes (name TEXT PRIMARY KEY, creator TEXT NOT NULL, created REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS secret_values (
  scope TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, updated REAL NOT NULL, PRIMARY KEY (scope, name)
) STRICT;
CREATE TABLE IF NOT EXISTS secret_acls (
  scope TEXT NOT NULL, principal TEXT NOT NULL, permission TEXT NOT NULL, PRIMARY KEY (scope, principal)
) STRICT;
`;
