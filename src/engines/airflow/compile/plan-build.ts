import { createHash } from 'node:crypto';
import { hermesVersion } from '../../../core/package-root.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import { BUILD_INDEX, type BuildForm, type BuildIndex, renderBuildIndex } from './build-index.ts';
import { loaderText } from './python-sources.ts';

/** A DAG as one line of a manifest. */
export interface CompiledDag {
  readonly dagId: string;
  /** As `encodeDag` writes it. */
  readonly line: string;
  /** Of the line, where it is known already. */
  readonly sha256?: string;
  /** The DAG file, as the user would type it. */
  readonly source: string;
}

/** The files of a build by their names: what Airflow loads, and `hermes-build.json`, which says what that is. */
export type BuildFiles = ReadonlyMap<string, string>;

/**
 * Airflow gives a process 50 seconds to read one file; a shard of this size takes it a few. Processes run side by side,
 * one for each file (https://airflow.apache.org/docs/apache-airflow/stable/configurations-ref.html#dag-processor).
 */
const DAGS_PER_SHARD = 250;

/** What Airflow loads, without the index. */
export interface PlannedFiles {
  readonly files: Map<string, string>;
  /** The file that Airflow loads for a DAG. */
  readonly fileOf: (dagId: string) => string;
}

/** Decides which files a build consists of: a loader and a manifest for up to some hundred DAGs. Pure but for Hermes' own Python sources. */
export function planBuild(dags: readonly CompiledDag[]): BuildFiles {
  return withIndex(dags, 'manifest', planManifests);
}

/** Plans the files of a build in the order of their DAGs, and adds its index. */
export function withIndex(
  dags: readonly CompiledDag[],
  form: BuildForm,
  plan: (sorted: readonly CompiledDag[]) => PlannedFiles,
): BuildFiles {
  const sorted = [...dags].sort((a, b) => (a.dagId < b.dagId ? -1 : 1));
  const { files, fileOf } = plan(sorted);
  const index = sorted.map(({ dagId, source, line, sha256 = sha256Hex(line) }) => [
    dagId,
    { file: fileOf(dagId), source, sha256 },
  ]);
  const hashes = [...files].map(([name, text]) => [name, sha256Hex(text)]);
  const build: BuildIndex = {
    format: 1,
    form,
    builder: hermesVersion,
    dags: Object.fromEntries(index),
    files: Object.fromEntries(hashes),
  };
  return files.set(BUILD_INDEX, renderBuildIndex(build));
}

function planManifests(dags: readonly CompiledDag[]): PlannedFiles {
  const count = shardCount(dags.length);
  const shards = Map.groupBy(dags, ({ dagId }) => shardOf(dagId, count));
  const files = new Map<string, string>();
  const loader = loaderText();
  for (let shard = 0; shard < count; shard += 1) {
    files.set(`hermes_dags_${shard}.json`, manifestText(shards.get(shard) ?? []));
    files.set(`hermes_dags_${shard}.py`, loader);
  }
  return { files, fileOf: (dagId) => `hermes_dags_${shardOf(dagId, count)}.py` };
}

/** A list in JSON with one DAG on each line. Joined at once: a manifest has megabytes. */
function manifestText(dags: readonly CompiledDag[]): string {
  const last = dags.length - 1;
  return ['[', ...dags.map(({ line }, index) => (index < last ? `${line},` : line)), ']\n'].join('\n');
}

/** A power of two, so that growth splits shards and moves no DAG between those that stay. */
function shardCount(dags: number): number {
  if (dags === 0) return 0;
  return 2 ** Math.max(0, Math.ceil(Math.log2(dags / DAGS_PER_SHARD)));
}

function shardOf(dagId: string, count: number): number {
  return createHash('sha256').update(dagId).digest().readUInt32BE(0) % count;
}
