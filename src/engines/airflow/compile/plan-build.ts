import { createHash } from 'node:crypto';
import { hermesVersion } from '../../../core/package-root.ts';
import { BUILD_INDEX, type BuildIndex, renderBuildIndex } from './build-index.ts';
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
const DAGS_PER_SHARD = 500;

/** Decides which files a build consists of. Pure but for the loader's own text. */
export function planBuild(dags: readonly CompiledDag[]): BuildFiles {
  const count = shardCount(dags.length);
  const files = new Map<string, string>();
  const index: Record<string, BuildIndex['dags'][string]> = {};
  const loader = loaderText();
  const sorted = [...dags].sort((a, b) => (a.dagId < b.dagId ? -1 : 1));
  for (let shard = 0; shard < count; shard += 1) {
    const name = `hermes_dags_${shard}`;
    const members = sorted.filter(({ dagId }) => shardOf(dagId, count) === shard);
    files.set(`${name}.json`, `[\n${members.map(({ line }) => line).join(',\n')}\n]\n`);
    files.set(`${name}.py`, loader);
    for (const { dagId, source, line, sha256 = hashOf(line) } of members)
      index[dagId] = { file: `${name}.py`, source, sha256 };
  }
  files.set(BUILD_INDEX, indexText(index, files));
  return files;
}

function indexText(dags: BuildIndex['dags'], files: BuildFiles): string {
  const hashes = Object.fromEntries([...files].map(([name, text]) => [name, hashOf(text)]));
  return renderBuildIndex({ format: 1, form: 'manifest', builder: hermesVersion, dags, files: hashes });
}

/** A power of two, so that growth splits shards and moves no DAG between those that stay. */
function shardCount(dags: number): number {
  if (dags === 0) return 0;
  return 2 ** Math.max(0, Math.ceil(Math.log2(dags / DAGS_PER_SHARD)));
}

function shardOf(dagId: string, count: number): number {
  return createHash('sha256').update(dagId).digest().readUInt32BE(0) % count;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
