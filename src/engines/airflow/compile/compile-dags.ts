import { ConfigError } from '../../../core/errors.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import { SERVICE_TAG, tagLine } from '../../../core/tags.ts';
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

/**
 * Turns one DAG into a line of a manifest.
 * @throws ConfigError `HERMES_NO_SERVICE_TAG` when it runs on clusters of Hermes and nobody could find it by its tag
 */
export function compileDag(dag: Dag, documentation?: string): Omit<Required<CompiledDag>, 'source'> {
  requireServiceTag(dag);
  const line = encodeDag(airflowDag(describeDag(dag), documentation));
  return { dagId: dag.dagId, line, sha256: sha256Hex(line) };
}

function requireServiceTag(dag: Dag): void {
  const tag = tagLine(SERVICE_TAG);
  if (dag.tags.includes(tag) || !dag.tasks.some((task) => task.dagTags.includes(tag))) return;
  throw new ConfigError(
    `Cannot compile DAG ${dag.dagId}: it holds a task of Hermes and lacks the tag ${tag}.`,
    {
      code: 'HERMES_NO_SERVICE_TAG',
      nextStep: 'Leave `tags` of the class Dag as they are: it adds this one by itself.',
    },
  );
}
