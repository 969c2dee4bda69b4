import type { Clock } from '../../core/clock.ts';
import type { Interpreter } from '../../core/python.ts';
import type { SparkEngines } from '../spark/engines.ts';
import type { Zone } from '../spark/zones.ts';
import type { Database } from '../state/database.ts';
import type { ObjectReader, StoredFileReader } from './file-reader.ts';
import type { DriverGuards } from './limits/driver-guard.ts';
import type { EnvironmentBuilder } from './python-environment.ts';
import type { Staging } from './staging.ts';

/** What running tasks needs of the machine. */
export interface Compute {
  readonly db: Database;
  /** The time of runs. */
  readonly clock: Clock;
  /** Paces looks at processes and files: a scenario's clock may stand still, the machine does not. */
  readonly pace: Clock;
  /** The workspace's folder; task runs lie below `runs/`. */
  readonly folder: string;
  /** Folders that no run may read or change, beside {@link folder}. */
  readonly protectedFolders: readonly string[];
  /** Folders that a run may read, and never change. */
  readonly keptFolders: readonly string[];
  /** The server's environment; drivers get PATH and LANG of it. */
  readonly machine: NodeJS.ProcessEnv;
  /** The bytes of an `s3://` URL, undefined when there are none; as the cluster's instance profile would read it. */
  readonly readObject: ObjectReader;
  /** Reads what the workspace itself keeps. */
  readonly readStored: StoredFileReader;
  /** Where the server can be reached, without a trailing slash. */
  readonly url: () => string;
  /** Rejects with a ConfigError when there is none. */
  readonly python: () => Promise<Interpreter>;
  readonly environments: EnvironmentBuilder;
  readonly spark: SparkEngines;
  /** The data of the environments on this machine. */
  readonly zones: readonly Zone[];
  readonly guards: DriverGuards;
  /** Whether drivers end when the server is gone; otherwise they go on and the next server adopts them. */
  readonly leashed: boolean;
  /** Task runs at the same time; the next ones are QUEUED. */
  readonly maxConcurrent: number;
  /** Milliseconds between TERM and KILL. */
  readonly graceMs: number;
  /** Largest size of one driver log in bytes. */
  readonly logCapBytes: number;
  /** The id of the first run, when the workspace has had none. */
  readonly firstRunId: bigint;
  /** Present when a scenario says how tasks go. */
  readonly staging?: Staging;
}
