import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { Interpreter } from '../../core/python.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { engineCommand, engineLimits, engineVariables } from './engine-command.ts';
import { findJava } from './engine-kind.ts';
import { type EngineProcess, endEngine, isAlive, recordedEngine, startEngine } from './engine-process.ts';
import { type EngineKind, type Say, SPARK_MODULES, type SparkRuntime } from './spark-runtime.ts';
import { viewOfRun, type Zone, type ZoneView } from './zones.ts';

/** What a driver needs to open sessions. */
export interface SparkForRun {
  readonly variables: Readonly<Record<string, string>>;
  /** Folders of modules, to be put behind everything else on the path of the run's Python. */
  readonly modules: readonly string[];
}

/** An engine to connect to. */
interface SparkEngine {
  readonly port: number;
  readonly runtime: SparkRuntime;
}

/** The Spark engines of a workspace: one for each set of folders, started on demand and kept warm. */
export interface SparkEngines {
  /** @param variables Of the run's cluster @param say Gets a line when something takes a while */
  forRun(variables: Readonly<Record<string, string>>, user: string, say: Say): Promise<SparkForRun>;
  /** The engine of SQL statements: it reads and writes nothing but the view's folders, where the kernel can see to it. */
  forSql(view: ZoneView): Promise<SparkEngine>;
  /** Keeps the engines of an earlier server while its runs go on, and ends them otherwise. */
  recover(hasRuns: boolean): Promise<void>;
  /** Ends all of them. They start again when they are asked for. */
  end(): Promise<void>;
}

export interface EngineOptions {
  /** The workspace's folder; engines lie below `spark/`. */
  readonly folder: string;
  readonly machine: NodeJS.ProcessEnv;
  readonly zones: readonly Zone[];
  /** Folders that no session may read, beside {@link folder}. */
  readonly protectedFolders: readonly string[];
  /** Folders that no session may change. */
  readonly keptFolders: readonly string[];
  readonly python: () => Promise<Interpreter>;
  readonly kind: () => EngineKind;
  readonly runtime: (python: Interpreter, kind: EngineKind, say: Say) => Promise<SparkRuntime>;
  readonly clock: Clock;
  /** Whether engines end when this process does, however it ends. */
  readonly leashed: boolean;
  /** Ends starts that are going on. */
  readonly signal: AbortSignal;
}

interface Wanted {
  readonly view: ZoneView;
  /** Folders that may be read; absent = all. */
  readonly read?: readonly string[];
}

export function sparkEngines(options: EngineOptions): SparkEngines {
  const hidden = [options.folder, ...options.protectedFolders];
  const known = new Map<string, Promise<EngineProcess>>();
  const root = join(options.folder, 'spark');
  const engineIn = async (folder: string, begin: () => Promise<EngineProcess>): Promise<EngineProcess> => {
    for (;;) {
      const current = known.get(folder);
      const engine = current === undefined ? recordedEngine(folder) : await current.catch(() => undefined);
      if (engine !== undefined && isAlive(engine)) return engine;
      if (known.get(folder) !== current) continue;
      const fresh = begin();
      known.set(folder, fresh);
      return fresh;
    }
  };
  const engineOf = async (wanted: Wanted, say: Say): Promise<SparkEngine> => {
    const runtime = await options.runtime(await options.python(), options.kind(), say);
    const folder = join(root, keyOf(wanted, runtime));
    const { port } = await engineIn(folder, () => start(options, folder, wanted, runtime));
    return { port, runtime };
  };
  return {
    forRun: async (variables, user, say) => {
      const view = viewOfRun(variables, options.zones, [...hidden, ...options.keptFolders]);
      const { port, runtime } = await engineOf({ view }, say);
      const databases = databasesOf(variables);
      return {
        variables: {
          SPARK_REMOTE: remoteUrl(port, user),
          HERMES_SPARK: JSON.stringify({
            ...view,
            engine: runtime.kind,
            databases,
            protected: hidden,
          }),
        },
        modules: [runtime.packages, SPARK_MODULES],
      };
    },
    forSql: (view) => {
      const read = [view.products ?? [], ...view.shared.map((each) => each.folder)].flat();
      return engineOf({ view, read }, () => undefined);
    },
    recover: async (hasRuns) => {
      if (!hasRuns) await endRecorded(root, options.clock);
    },
    end: async () => {
      await Promise.allSettled(known.values());
      known.clear();
      await endRecorded(root, options.clock);
    },
  };
}

/** `sc://…` of an engine; `current_user()` answers the user. */
export function remoteUrl(port: number, user: string): string {
  return `sc://127.0.0.1:${port}/;user_id=${encodeURIComponent(user)}`;
}

async function start(
  options: EngineOptions,
  folder: string,
  { view, read }: Wanted,
  runtime: SparkRuntime,
): Promise<EngineProcess> {
  if (runtime.kind === 'full') await findJava(options.machine);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (runtime.spark !== undefined) mkdirSync(join(runtime.spark, 'ivy'), { recursive: true });
  if (view.isWritable && view.products !== undefined) mkdirSync(view.products, { recursive: true });
  const plan = join(folder, 'plan.json');
  const limits = engineLimits(view, read, folder, runtime, options.leashed);
  writeFileSync(plan, JSON.stringify(limits), { mode: 0o600 });
  const command = engineCommand(runtime, plan);
  const variables = engineVariables(runtime, view, folder, options.machine);
  return startEngine({ folder, command, variables }, options.clock, options.signal);
}

/** Databases that exist in every session: that of products, and those of the tables that the DAG names. */
function databasesOf(variables: Readonly<Record<string, string>>): string[] {
  const tables = `${variables.HERMES_OUTPUTS ?? ''},${variables.HERMES_INPUTS ?? ''}`.split(',');
  const named = tables.flatMap((table) =>
    /^[a-z0-9_]+\.[a-z0-9_]+$/.test(table) ? (table.split('.')[0] ?? []) : [],
  );
  return [...new Set(['products', ...named])];
}

function keyOf({ view, read }: Wanted, runtime: SparkRuntime): string {
  const parts = JSON.stringify([view.name, view.products, view.isWritable, read ?? [], runtime]);
  return `${view.name.replace(/[^\w-]/g, '_').slice(0, 40)}-${sha256Hex(parts).slice(0, 12)}`;
}

async function endRecorded(root: string, clock: Clock): Promise<void> {
  for (const folder of foldersOf(root).map((name) => join(root, name))) {
    const engine = recordedEngine(folder);
    if (engine !== undefined) await endEngine(folder, engine, clock);
  }
}

function foldersOf(root: string): string[] {
  try {
    return readdirSync(root);
  } catch {
    return [];
  }
}
