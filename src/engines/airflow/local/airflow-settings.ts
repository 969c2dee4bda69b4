import { delimiter, join } from 'node:path';
import { packageRoot } from '../../../core/package-root.ts';
import type { InstanceSecrets } from './instance-secrets.ts';
import { withoutPython } from './run-program.ts';

/** Holds the module `hermes_airflow`, for DAGs that are written in Python. */
const OPERATORS = join(packageRoot, 'operators', 'python');

/** What the processes of one Airflow have in common. */
export interface SettingsOptions {
  /** AIRFLOW_HOME */
  readonly folder: string;
  /** Variables of the caller; those that speak of another Airflow are left out. */
  readonly env: NodeJS.ProcessEnv;
  /** Absent while only a database is made. */
  readonly server?: {
    readonly port: number;
    readonly secrets: InstanceSecrets;
    /** Title of the pages: `Hermes dev`. */
    readonly title: string;
  };
  /** Where programs of the installation are; put before PATH. */
  readonly bin?: string;
  /** Further `AIRFLOW__SECTION__KEY`, over ours. */
  readonly more?: Readonly<Record<string, string>>;
}

/**
 * The environment of Airflow's processes (https://airflow.apache.org/docs/apache-airflow/stable/configurations-ref.html):
 * everything stays on 127.0.0.1, nothing is reported home, DAG files are seen within a second or two. Pure.
 */
export function airflowSettings({ folder, env, server, bin, more }: SettingsOptions): NodeJS.ProcessEnv {
  return {
    ...withoutAirflow(withoutPython(env)),
    ...(bin === undefined ? {} : { PATH: [bin, env.PATH ?? ''].join(delimiter) }),
    ...localAddresses(env),
    AIRFLOW_HOME: folder,
    PYTHONPATH: OPERATORS,
    HERMES_POLLING_PERIOD_SECONDS: '2',
    AIRFLOW__CORE__DAGS_FOLDER: join(folder, 'dags'),
    AIRFLOW__CORE__PLUGINS_FOLDER: join(folder, 'plugins'),
    AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
    AIRFLOW__CORE__PARALLELISM: '4',
    // A DAG that is only tried starts when it is asked to, never by its schedule.
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION: 'False',
    AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE: 'False',
    // A script of a second is back from the triggerer before the default loop has seen that its task was handed over;
    // Airflow then takes the task for lost, and tries it again.
    AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME: '0.2',
    // A worker sees the end of its task within these seconds, and is free only then. With the default of 5, one of three
    // tasks whose script takes 1 to 4 s is back from the triggerer before that, and Airflow takes it for lost.
    AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL: '1',
    // A task that was at work when Airflow was stopped, or killed, is taken up after a minute instead of five.
    AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT: '60',
    // What waited for the workers of a scheduler that was killed goes to the next one within a minute instead of five.
    AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL: '30',
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS: 'True',
    // A machine that is busy takes longer than the default of 5 s to answer its own workers; Airflow then fails the task.
    AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT: '60',
    // The default asks the name service, which may take seconds where there is none.
    AIRFLOW__CORE__HOSTNAME_CALLABLE: 'socket.gethostname',
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: 'False',
    AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL: '1',
    AIRFLOW__DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL: '1',
    AIRFLOW__DAG_PROCESSOR__PRINT_STATS_INTERVAL: '0',
    AIRFLOW__LOGGING__COLORED_CONSOLE_LOG: 'False',
    ...(server === undefined ? {} : serverSettings(server)),
    ...more,
  };
}

function serverSettings({ port, secrets, title }: NonNullable<SettingsOptions['server']>): NodeJS.ProcessEnv {
  const url = `http://127.0.0.1:${port}`;
  return {
    AIRFLOW__API__HOST: '127.0.0.1',
    AIRFLOW__API__PORT: String(port),
    AIRFLOW__API__BASE_URL: url,
    AIRFLOW__API__WORKERS: '1',
    AIRFLOW__API__INSTANCE_NAME: title,
    AIRFLOW__API__SECRET_KEY: secrets.apiSecretKey,
    AIRFLOW__API_AUTH__JWT_SECRET: secrets.jwtSecret,
    AIRFLOW__CORE__FERNET_KEY: secrets.fernetKey,
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `${url}/execution/`,
    ...(secrets.database === undefined
      ? {}
      : { AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: sqlAlchemyUrl(secrets.database) }),
  };
}

/** Airflow brings psycopg2 along; SQLAlchemy knows the dialect by one name only. */
function sqlAlchemyUrl(database: string): string {
  return database.replace(/^postgres(ql)?:/, 'postgresql+psycopg2:');
}

function withoutAirflow(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^_?AIRFLOW_/.test(name)));
}

/** A proxy of the machine has no way to servers of the machine. */
function localAddresses(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const given = env.NO_PROXY ?? env.no_proxy ?? '';
  const names = [...given.split(',').filter((name) => name !== ''), '127.0.0.1', 'localhost'].join(',');
  return { NO_PROXY: names, no_proxy: names };
}
