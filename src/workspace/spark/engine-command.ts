import { totalmem } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { LAUNCHER_MODULES, SPARK_MODULES, type SparkRuntime } from './spark-runtime.ts';
import type { ZoneView } from './zones.ts';

/** What an engine may touch, as its launcher reads it. */
export interface EngineLimits {
  /** Folders that it may change. */
  readonly write: readonly string[];
  /** Folders that it may read beside those; null = all. */
  readonly read: readonly string[] | null;
  /** The folder of `landlock.py`. */
  readonly launcher: string;
  /** Whether it ends with the process that started it. */
  readonly leashed: boolean;
  /** Arguments of `spark-submit`, of the full engine. */
  readonly command?: readonly string[];
}

// What Python and Java read besides their packages: libraries, certificates, time zones, /proc.
const SYSTEM_FOLDERS = [
  '/usr',
  '/lib',
  '/lib64',
  '/bin',
  '/etc',
  '/opt',
  '/proc',
  '/sys',
  '/dev',
  '/run',
  '/nix',
];
const DELTA = 'io.delta:delta-spark_2.13:4.0.0';

/** @param readable Folders of data, when nothing else may be read @param folder Of the engine */
export function engineLimits(
  view: ZoneView,
  readable: readonly string[] | undefined,
  folder: string,
  runtime: SparkRuntime,
  leashed: boolean,
): EngineLimits {
  const jars = runtime.spark === undefined ? [] : [jarFolder(runtime.spark)];
  const own = [join(folder, 'tmp'), '/dev/null', '/dev/shm', ...jars];
  const packages = [runtime.packages, runtime.spark ?? [], SPARK_MODULES, LAUNCHER_MODULES].flat();
  const read = readable && [...SYSTEM_FOLDERS, ...readable, ...packages, dirname(dirname(runtime.python))];
  return {
    write: view.isWritable ? [...own, view.products ?? []].flat() : own,
    read: read ?? null,
    launcher: LAUNCHER_MODULES,
    leashed,
    ...(runtime.spark === undefined ? {} : { command: submitWords(runtime.spark, view, folder) }),
  };
}

/** The words that start an engine, but for the file that gets its port. */
export function engineCommand(runtime: SparkRuntime, plan: string): string[] {
  return [runtime.python, join(SPARK_MODULES, `${runtime.kind}_server.py`), plan];
}

/** @param folder Of the engine @param machine PATH, LANG, JAVA_HOME and the credentials of AWS are taken of it */
export function engineVariables(
  { kind, python, packages, spark }: SparkRuntime,
  view: ZoneView,
  folder: string,
  machine: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const passed = Object.entries(machine).filter(([name]) => name === 'JAVA_HOME' || name.startsWith('AWS_'));
  const common = {
    ...Object.fromEntries(passed),
    PATH: machine.PATH,
    LANG: machine.LANG ?? 'C.UTF-8',
    PYTHONNOUSERSITE: '1',
    PYTHONPATH: [spark ?? [], packages, SPARK_MODULES].flat().join(delimiter),
  };
  if (kind === 'full' && spark !== undefined)
    return {
      ...common,
      SPARK_HOME: join(spark, 'pyspark'),
      PYSPARK_PYTHON: python,
      JAVA_TOOL_OPTIONS: `-Djava.io.tmpdir=${join(folder, 'tmp')} -XX:-UsePerfData`,
    };
  return {
    ...common,
    RUST_LOG: 'warn',
    // What a query holds beyond this goes to temporary files, or the query fails: the machine stays usable.
    SAIL_RUNTIME__MEMORY_POOL__TYPE: 'greedy',
    SAIL_RUNTIME__MEMORY_POOL__GREEDY__MAX_SIZE: String(Math.floor(totalmem() / 2)),
    SAIL_CATALOG__LIST: `[{name=${JSON.stringify(view.name)}, type="memory", initial_database=["default"]}]`,
  };
}

/** https://spark.apache.org/docs/4.0.1/spark-connect-overview.html and https://docs.delta.io/quick-start/ */
function submitWords(spark: string, view: ZoneView, folder: string): string[] {
  const settings = {
    'spark.jars.ivy': jarFolder(spark),
    'spark.ui.enabled': 'false',
    'spark.connect.grpc.binding.address': '127.0.0.1',
    'spark.connect.grpc.binding.port': '0',
    'spark.driver.bindAddress': '127.0.0.1',
    'spark.driver.host': '127.0.0.1',
    'spark.sql.extensions': 'io.delta.sql.DeltaSparkSessionExtension',
    'spark.sql.catalog.spark_catalog': 'org.apache.spark.sql.delta.catalog.DeltaCatalog',
    'spark.sql.catalogImplementation': 'in-memory',
    'spark.sql.sources.default': 'delta',
    // The database `default` lies in the warehouse folder itself.
    'spark.sql.warehouse.dir': join(view.products ?? join(folder, 'tmp'), 'default'),
    'spark.local.dir': join(folder, 'tmp'),
  };
  return [
    join(spark, 'pyspark', 'bin', 'spark-submit'),
    '--class',
    'org.apache.spark.sql.connect.service.SparkConnectServer',
    '--master',
    'local[*]',
    '--packages',
    DELTA,
    ...Object.entries(settings).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
    'spark-internal',
  ];
}

/** Where Spark keeps the jars that it fetches. */
function jarFolder(spark: string): string {
  return join(spark, 'ivy');
}
