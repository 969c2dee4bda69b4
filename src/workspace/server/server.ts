import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { type Clock, systemClock } from '../../core/clock.ts';
import { ConfigError } from '../../core/errors.ts';
import type { FileLock } from '../../core/file-lock.ts';
import { hermesVersion } from '../../core/package-root.ts';
import type { ObjectReader } from '../compute/file-reader.ts';
import { driverGuards } from '../compute/limits/driver-guard.ts';
import { defaultLimits, type RunLimits } from '../compute/limits/run-limits.ts';
import { environmentBuilder } from '../compute/python-environment.ts';
import { pythonFinder } from '../compute/python-interpreter.ts';
import { openFiles } from '../files/file-store.ts';
import { readStoredFile } from '../files/read-file.ts';
import { labelOldRuns } from '../jobs/run-labels.ts';
import { activeRuns } from '../jobs/runs.ts';
import { type ArtifactCatalog, noArtifacts } from '../pages/artifact-catalog.ts';
import { beginRehearsal, type Rehearsal } from '../scenario/rehearsal.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { createScheduler, type Scheduler } from '../scheduling/scheduler.ts';
import type { SparkEngines } from '../spark/engines.ts';
import { openSpark } from '../spark/open-spark.ts';
import type { Zone } from '../spark/zones.ts';
import { type SqlService, sqlService } from '../sql/sql-service.ts';
import { type Database, openDatabase, readMeta, writeMeta } from '../state/database.ts';
import { removeAddress, writeAddress } from './address.ts';
import { createApp } from './app.ts';
import { untilIdle, watchUse } from './idle.ts';
import { takePort } from './listen.ts';
import { admitOwner } from './owner.ts';
import type { WorkspaceParts } from './parts.ts';
import { takeServerLock } from './server-lock.ts';

export interface WorkspaceOptions {
  /** Holds database, logs and address. */
  readonly folder: string;
  /** Prepared Python environments. @defaultValue `<folder>/environments` */
  readonly cacheFolder?: string;
  /** Must be free. @defaultValue the port of last time, else 7413, else the next free one */
  readonly port?: number;
  /** The machine's owner, a member of `admins`. @defaultValue `you@localhost` */
  readonly owner?: string;
  /** Variables of the server: drivers get PATH and LANG, pip all of it. */
  readonly machine: NodeJS.ProcessEnv;
  /** Reads scripts and wheels whose location is an `s3://` URL. @defaultValue no such location can be read */
  readonly readObject?: ObjectReader;
  /** What the pages show of published artifacts. @defaultValue nothing */
  readonly artifacts?: ArtifactCatalog;
  /** Folders that no run may read or change, beside `folder`. @defaultValue none */
  readonly protectedFolders?: readonly string[];
  /** Folders that a run may read, and never change, wherever they lie. @defaultValue none */
  readonly keptFolders?: readonly string[];
  /** Folders of data, one for each environment; the first that is not production's is that of SQL. @defaultValue none */
  readonly zones?: readonly Zone[];
  readonly clock?: Clock;
  /** Tasks at the same time. @defaultValue 4 × cores */
  readonly maxConcurrent?: number;
  /** Whether drivers end when this process does, however it ends; otherwise the next server adopts them. @defaultValue false */
  readonly leashed?: boolean;
  /** Milliseconds between TERM and KILL of a driver. @defaultValue 5000 */
  readonly graceMs?: number;
  /** How much of the machine one task may take. @defaultValue 3/4 of its memory, 512 processes */
  readonly limits?: Partial<RunLimits>;
  /** Largest size of one driver log. @defaultValue 1 GiB */
  readonly logCapBytes?: number;
  /** The first run's id in a folder without runs. @defaultValue 1001 */
  readonly firstRunId?: bigint;
  /** See `evaluatePolicy`. @defaultValue true */
  readonly limitsRequire?: boolean;
  /** What is to go wrong, and what time it is. @defaultValue nothing, and that of `clock` */
  readonly scenario?: Scenario;
  /** Ends the server after so long without a request and without a run. @defaultValue never */
  readonly idleMs?: number;
}

/**
 * How long a connection may take to say what it wants, and how long it may stay open without a request: longer than
 * clients keep theirs, or a request of theirs meets a connection that is being closed.
 */
const PATIENCE = { headersTimeout: 20_000, keepAliveTimeout: 75_000 };

/** A workspace that runs in this process. */
export interface RunningWorkspace {
  readonly url: string;
  readonly userName: string;
  /** The owner's token. */
  readonly token: string;
  /** The port of last time, when it is another: links to it lead nowhere. */
  readonly movedFrom?: number;
  /** Resolves when the server has ended, by `close` or because it was idle. */
  readonly closed: Promise<void>;
  /** Cancels what runs, waits for it and ends the server. Answers the number of runs that it cancelled. */
  close(): Promise<number>;
}

/** Starts the workspace of a folder, or answers undefined when another process serves it already. */
export async function startWorkspace(options: WorkspaceOptions): Promise<RunningWorkspace | undefined> {
  const lock = takeServerLock(options.folder);
  if (lock === undefined) return undefined;
  try {
    return await startLocked(options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startLocked(options: WorkspaceOptions, lock: FileLock): Promise<RunningWorkspace> {
  const db = openDatabase(options.folder);
  const timing = timingOf(options, db);
  const { pace, rehearsal } = timing;
  labelOldRuns(db);
  const owner = admitOwner(db, options.folder, options.owner ?? 'you@localhost', timing.clock.now());
  const shutdown = new AbortController();
  let url = '';
  const instance = randomBytes(8).toString('hex');
  const parts = partsOf(options, db, timing, shutdown.signal, () => url);
  parts.python().catch(() => undefined);
  openFiles(parts);
  const use = watchUse(pace);
  const app = createApp(parts, instance, use.touch, rehearsal);
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: PATIENCE }) as Server;
  const { port, ...movedFrom } = await takePort(server, db, options.port);
  url = `http://127.0.0.1:${port}`;
  await parts.spark.recover(activeRuns(db).length > 0);
  parts.scheduler.recover();
  const startedAt = pace.now().toISOString();
  const address = { url, pid: process.pid, instance, startedAt, version: hermesVersion };
  writeAddress(options.folder, {
    ...address,
    ...movedFrom,
    ...(rehearsal === undefined ? {} : { scenario: rehearsal.name }),
  });
  const ended = Promise.withResolvers<void>();
  const close = closing({ ...parts, server, lock, shutdown }, ended.resolve);
  const { idleMs } = options;
  if (idleMs !== undefined)
    untilIdle({ db, clock: pace, instance, ...use, idleMs, signal: shutdown.signal }).then(
      close,
      () => undefined,
    );
  return { url, ...owner, ...movedFrom, closed: ended.promise, close };
}

const noObjects: ObjectReader = async () => {
  throw new ConfigError('this workspace reads no buckets.', { code: 'HERMES_NO_BUCKETS' });
};

interface Timing {
  readonly clock: Clock;
  readonly pace: Clock;
  readonly rehearsal: Rehearsal | undefined;
}

function timingOf({ scenario, folder, clock: pace = systemClock }: WorkspaceOptions, db: Database): Timing {
  const rehearsal = scenario === undefined ? undefined : beginRehearsal(scenario, db, folder);
  return { clock: rehearsal?.clock ?? pace, pace, rehearsal };
}

function partsOf(
  options: WorkspaceOptions,
  db: Database,
  { clock, pace, rehearsal }: Timing,
  signal: AbortSignal,
  url: () => string,
): WorkspaceParts {
  const cacheFolder = options.cacheFolder ?? join(options.folder, 'environments');
  const python = pythonFinder(options.machine);
  const zones = options.zones ?? [];
  const spark = {
    ...options,
    db,
    cacheFolder,
    zones,
    python,
    leashed: options.leashed ?? false,
    pace,
    signal,
  };
  const compute = {
    db,
    clock,
    pace,
    zones,
    spark: openSpark(spark),
    ...(rehearsal === undefined ? {} : { staging: rehearsal.staging }),
    folder: options.folder,
    protectedFolders: options.protectedFolders ?? [],
    keptFolders: options.keptFolders ?? [],
    machine: options.machine,
    readObject: options.readObject ?? noObjects,
    readStored: (location: string, userName: string) =>
      readStoredFile({ db, clock, folder: options.folder }, location, userName),
    url,
    python,
    environments: environmentBuilder(cacheFolder, options.machine, signal),
    maxConcurrent: options.maxConcurrent ?? 4 * availableParallelism(),
    guards: driverGuards({ folder: options.folder, limits: defaultLimits(options.limits), clock: pace }),
    leashed: options.leashed ?? false,
    graceMs: options.graceMs ?? 5_000,
    logCapBytes: options.logCapBytes ?? 1024 ** 3,
    firstRunId: options.firstRunId ?? 1001n,
  };
  const scheduler = createScheduler(compute, options.limitsRequire);
  return {
    ...compute,
    scheduler,
    sql: sqlService(compute),
    artifacts: options.artifacts ?? noArtifacts,
    limitsRequire: options.limitsRequire ?? true,
    workspaceId: workspaceId(db),
  };
}

interface Closable {
  readonly spark: SparkEngines;
  readonly sql: SqlService;
  readonly db: Database;
  readonly folder: string;
  readonly server: Server;
  readonly lock: FileLock;
  readonly shutdown: AbortController;
  readonly scheduler: Scheduler;
}

function closing(parts: Closable, ended: () => void): () => Promise<number> {
  let going: Promise<number> | undefined;
  const close = async (): Promise<number> => {
    const runs = activeRuns(parts.db).length;
    await parts.scheduler.stop();
    parts.sql.end();
    await parts.spark.end();
    parts.shutdown.abort(new Error('the workspace was stopped'));
    parts.server.closeAllConnections();
    await new Promise((resolve) => parts.server.close(resolve));
    removeAddress(parts.folder);
    parts.db.close();
    parts.lock.release();
    ended();
    return runs;
  };
  return () => {
    going ??= close();
    return going;
  };
}

/** A number of 15 digits that names the workspace, the same for the life of its folder. */
function workspaceId(db: Database): string {
  const known = readMeta(db, 'workspace_id');
  if (known !== undefined) return known;
  const id = String(100_000_000_000_000 + Math.floor(Math.random() * 800_000_000_000_000));
  writeMeta(db, 'workspace_id', id);
  return id;
}
