import { createHash } from 'node:crypto';
import type { Dag } from '../../../dag/dag.ts';
import { describeDag } from '../../../dag/describe-dag.ts';
import type { LoadedDag } from '../../../dag/load-dags.ts';
import { airflowDag, encodeDag } from './airflow-dag.ts';
import type { CompiledDag } from './plan-build.ts';

/** Turns DAGs without mistakes into what Airflow loads; a DAG that stands in two files that mean the same counts once. */
export function compileDags(dags: readonly LoadedDag[]): CompiledDag[] {
  const compiled = new Map<string, CompiledDag>();
  for (const { dag, documentation, shownFile } of dags) {
    if (compiled.has(dag.dagId)) continue;
    compiled.set(dag.dagId, { ...compileDag(dag, documentation), source: shownFile });
  }
  return [...compiled.values()];
}

/** Turns one DAG into a line of a manifest. */
export function compileDag(dag: Dag, documentation?: string): Omit<Required<CompiledDag>, 'source'> {
  const line = encodeDag(airflowDag(describeDag(dag), documentation));
  return { dagId: dag.dagId, line, sha256: createHash('sha256').update(line).digest('hex') };
}
