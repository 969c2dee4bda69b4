import { mkdirSync, rmSync } from 'node:fs';
import type { Clock } from '../../core/clock.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { Identity } from '../identity/users.ts';
import { remoteUrl, type SparkEngines } from '../spark/engines.ts';
import { viewOfZone, type Zone, type ZoneView } from '../spark/zones.ts';
import type { Database } from '../state/database.ts';
import { type SqlWorker, sqlWorker, type WorkerAnswer } from './sql-worker.ts';
import type { StatementRequest } from './statement-request.ts';
import {
  closeOldStatements,
  endStatement,
  insertStatement,
  resultFolder,
  settleStatements,
  statementById,
  statementRuns,
} from './statements.ts';

/** Executes SQL statements of the API. */
export interface SqlService {
  /** Takes in a statement; answers its id when it has ended or the caller's wait is over. */
  submit(request: StatementRequest, who: Identity): Promise<string>;
  /** Ends a statement that is going. */
  cancel(id: string): void;
  end(): void;
}

export interface SqlOptions {
  readonly db: Database;
  /** The workspace's folder; results lie below `sql/`. */
  readonly folder: string;
  readonly machine: NodeJS.ProcessEnv;
  readonly zones: readonly Zone[];
  readonly spark: SparkEngines;
  /** The time that statements say. */
  readonly clock: Clock;
  /** Paces waits. */
  readonly pace: Clock;
}

const INLINE_BYTES = 25 * 1024 * 1024;
const CONCURRENT = 8;

/** Opens the service of a folder: what an earlier server left of statements and results is ended and removed. */
export function sqlService(options: SqlOptions): SqlService {
  const { db, folder, clock, pace } = options;
  settleStatements(db, clock.now());
  const worker = sqlWorker(options.machine);
  const going = new Map<string, Promise<void>>();
  const room = roomFor(CONCURRENT);
  const carry = async (id: string, request: StatementRequest, who: Identity): Promise<void> => {
    const leave = await room();
    try {
      if (statementById(db, id)?.state !== 'PENDING') return;
      statementRuns(db, id);
      const answer = await execute(options, worker, id, request, who).catch(failureOf);
      endStatement(db, id, answer, clock.now());
      if (statementById(db, id)?.state !== 'SUCCEEDED')
        rmSync(resultFolder(folder, id), { recursive: true, force: true });
    } finally {
      going.delete(id);
      leave();
    }
  };
  const cancel = (id: string): void => {
    endStatement(db, id, 'CANCELED', clock.now());
    worker.cancel(id);
  };
  return {
    submit: async (request, who) => {
      closeOldStatements(db, folder, clock.now());
      const id = insertStatement(db, who, request.format, clock.now());
      const work = carry(id, request, who);
      work.catch(() => undefined);
      going.set(id, work);
      const over = new AbortController();
      const waited = pace.sleep(request.waitMs, over.signal).catch(() => undefined);
      await Promise.race([work, waited]);
      over.abort();
      if (request.isCancelledAfterWait && going.has(id)) cancel(id);
      return id;
    },
    cancel,
    end: () => worker.end(),
  };
}

async function execute(
  { zones, spark, folder }: SqlOptions,
  worker: SqlWorker,
  id: string,
  request: StatementRequest,
  who: Identity,
): Promise<WorkerAnswer> {
  const view = viewFor(request.catalog, zones, who);
  if ('message' in view) return view;
  const { port, runtime } = await spark.forSql(view);
  const results = resultFolder(folder, id);
  mkdirSync(results, { recursive: true, mode: 0o700 });
  return worker.execute(runtime, id, {
    remote: remoteUrl(port, who.userName),
    view: { ...view, engine: runtime.kind, isStrict: true, databases: ['products'], protected: [] },
    sql: request.sql,
    parameters: request.parameters,
    schema: request.schema,
    rowLimit: request.rowLimit,
    byteLimit: request.byteLimit,
    maximumBytes: INLINE_BYTES,
    format: request.format,
    folder: results,
  });
}

/** Admins may change any environment by SQL, others what is not production. */
function viewFor(
  catalog: string | undefined,
  zones: readonly Zone[],
  who: Identity,
): ZoneView | Extract<WorkerAnswer, { state: 'FAILED' }> {
  const zone =
    catalog === undefined
      ? (zones.find((each) => !each.production) ?? zones[0])
      : zones.find((each) => each.name === catalog);
  if (zone !== undefined) return viewOfZone(zone, zones, who.isAdmin || !zone.production);
  const names = zones.map((each) => each.name);
  const near = didYouMean(catalog ?? '', names);
  const hint = near === undefined ? '' : ` ${near}`;
  return {
    state: 'FAILED',
    code: 'BAD_REQUEST',
    message: `[NO_SUCH_CATALOG_EXCEPTION] Catalog '${catalog ?? ''}' was not found. Catalogs: ${names.join(', ') || 'none'}.${hint} SQLSTATE: 42704`,
  };
}

function failureOf(error: unknown): WorkerAnswer {
  return { state: 'FAILED', code: 'INTERNAL_ERROR', message: (error as Error).message };
}

/** Lets so many in at a time; the others wait in order. Answers what leaves. */
function roomFor(places: number): () => Promise<() => void> {
  let free = places;
  const waiting: (() => void)[] = [];
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return leave;
  };
}
