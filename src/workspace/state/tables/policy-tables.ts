/** Cluster policies. */
export const POLICY_TABLES = `
CREATE TABLE IF NOT EXISTS policies (
  policy_id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, document TEXT NOT NULL, creator TEXT NOT NULL, created REAL NOT NULL
) STRICT;
`;
