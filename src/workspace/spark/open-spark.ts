import type { Clock } from '../../core/clock.ts';
import type { Interpreter } from '../../core/python.ts';
import { activeRuns } from '../jobs/runs.ts';
import type { Database } from '../state/database.ts';
import { engineKind } from './engine-kind.ts';
import { type SparkEngines, sparkEngines } from './engines.ts';
import { sparkRuntime } from './spark-runtime.ts';
import type { Zone } from './zones.ts';

const CHECK_MS = 60_000;
const IDLE_MS = 15 * 60_000;

export interface SparkOptions {
  readonly db: Database;
  /** The workspace's folder. */
  readonly folder: string;
  readonly cacheFolder: string;
  readonly machine: NodeJS.ProcessEnv;
  readonly zones: readonly Zone[];
  /** Folders that no session may read, beside {@link folder}. */
  readonly protectedFolders?: readonly string[];
  /** Folders that no session may change. */
  readonly keptFolders?: readonly string[];
  readonly python: () => Promise<Interpreter>;
  /** Whether engines end when this process does, however it ends. */
  readonly leashed: boolean;
  /** Paces looks at processes. */
  readonly pace: Clock;
  readonly signal: AbortSignal;
}

/** The engines of a workspace. They end with `signal`'s owner calling `end`, and after 15 minutes without use and runs. */
export function openSpark(options: SparkOptions): SparkEngines {
  const { cacheFolder, machine, pace, signal } = options;
  const engines = sparkEngines({
    ...options,
    protectedFolders: options.protectedFolders ?? [],
    keptFolders: options.keptFolders ?? [],
    clock: pace,
    kind: () => engineKind(options.db),
    runtime: sparkRuntime({ folder: cacheFolder, variables: machine, signal }),
  });
  let usedAt = pace.now().getTime();
  const used = <T>(work: Promise<T>): Promise<T> => {
    usedAt = pace.now().getTime();
    return work;
  };
  const watch = async (): Promise<void> => {
    for (;;) {
      await pace.sleep(CHECK_MS, signal);
      const isIdle = pace.now().getTime() - usedAt >= IDLE_MS && activeRuns(options.db).length === 0;
      if (isIdle) await engines.end();
    }
  };
  watch().catch(() => undefined);
  return {
    ...engines,
    forRun: (...given) => used(engines.forRun(...given)),
    forSql: (...given) => used(engines.forSql(...given)),
  };
}
