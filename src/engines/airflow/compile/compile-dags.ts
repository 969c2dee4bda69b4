import { describeDag } from '../../../dag/describe-dag.ts';
import type { LoadedDag } from '../../../dag/load-dags.ts';
import { airflowDag, encodeDag } from './airflow-dag.ts';
import type { CompiledDag } from './plan-build.ts';

/** Turns DAGs without mistakes into what Airflow loads; a DAG that stands in two files that mean the same counts once. */
export function compileDags(dags: readonly LoadedDag[]): CompiledDag[] {
  const compiled = new Map<string, CompiledDag>();
  for (const { dag, documentation, shownFile } of dags) {
    if (compiled.has(dag.dagId)) continue;
    const line = encodeDag(airflowDag(describeDag(dag), documentation));
    compiled.set(dag.dagId, { dagId: dag.dagId, line, source: shownFile });
  }
  return [...compiled.values()];
}
