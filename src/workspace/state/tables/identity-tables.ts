/** Who may do what: users, groups, hashed tokens, access lists. */
export const IDENTITY_TABLES = `
CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, created REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS service_principals (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS instance_profiles (arn TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS memberships (user TEXT NOT NULL, team TEXT NOT NULL, PRIMARY KEY (user, team)) STRICT;
CREATE TABLE IF NOT EXISTS secrets (
  hash TEXT PRIMARY KEY, kind TEXT NOT NULL, user TEXT NOT NULL, created REAL NOT NULL, expires REAL
) STRICT;
CREATE TABLE IF NOT EXISTS permissions (
  object_type TEXT NOT NULL, object_id TEXT NOT NULL, kind TEXT NOT NULL, principal TEXT NOT NULL, level TEXT NOT NULL,
  PRIMARY KEY (object_type, object_id, kind, principal)
) STRICT;
CREATE INDEX IF NOT EXISTS permissions_by_principal ON permissions (principal, object_type, kind, object_id);
`;
