import assert from 'node:assert/strict';
import { join } from 'node:path';
import { operators } from '../../../operators/registry.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import { type LoadedDag, loadDags } from '../../../src/dag/load-dags.ts';
import { type Answer, askAirflow, buildFolder } from './airflow-oracle.ts';
import { type RunKind, type SubmitPair, submitPairs } from './submit-cases.ts';

/** The time after which the next runs are asked for. */
export const AT = '2026-11-21T12:34:56Z';
const KINDS: readonly RunKind[] = ['scheduled', 'manual', 'with parameters'];

/** The golden set of DAG files, and what the real Airflow 3 makes of it. */
export interface GoldenSet {
  readonly loaded: readonly LoadedDag[];
  /** Folder of the build that Airflow read. */
  readonly build: string;
  /** Requests in the order of `answer.submits`. */
  readonly pairs: readonly SubmitPair[];
  readonly answer: Answer;
}

let asked: Promise<GoldenSet> | undefined;

/** Asks once for all tests. */
export function goldenSet(): Promise<GoldenSet> {
  asked ??= ask();
  return asked;
}

async function ask(): Promise<GoldenSet> {
  const folder = join(packageRoot, 'test', 'fixtures', 'airflow');
  const { dags: loaded, problems } = await loadDags(['dags'], { operators, cwd: folder });
  assert.deepEqual(problems, []);
  const build = buildFolder(loaded);
  const pairs = loaded.flatMap(({ dag }) =>
    KINDS.flatMap((kind, index) => submitPairs(dag, kind, index + 1)),
  );
  const submits = pairs.map((pair) => pair.asked);
  const answer = await askAirflow({ build, at: AT, count: 3, store: true, submits });
  return { loaded, build, pairs, answer };
}
