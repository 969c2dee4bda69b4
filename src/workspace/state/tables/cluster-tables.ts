/** Clusters of task runs. */
export const CLUSTER_TABLES = `
CREATE TABLE IF NOT EXISTS clusters (
  cluster_id TEXT PRIMARY KEY, task_run INTEGER NOT NULL, creator TEXT NOT NULL, request TEXT NOT NULL,
  effective TEXT NOT NULL, sources TEXT NOT NULL, context_id TEXT, state TEXT NOT NULL, created REAL NOT NULL,
  ended REAL, reason TEXT
) STRICT;
`;
