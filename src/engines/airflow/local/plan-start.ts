import { join } from 'node:path';
import { sha256Hex } from '../../../core/sha256.ts';
import { airflowSettings } from './airflow-settings.ts';
import { choosePort } from './choose-port.ts';
import type { AirflowInstall, InstallOptions } from './install-airflow.ts';
import { type InstanceSecrets, instanceSecrets } from './instance-secrets.ts';
import { type InstanceState, isAlive, isWhole, readInstance } from './instance-state.ts';

/** Which Airflow is to run. */
export interface StartOptions extends InstallOptions {
  /** Its own: `home.airflow(environment)`. Its folder `dags` is what Airflow loads. */
  readonly folder: string;
  /** Title of its pages. */
  readonly title: string;
  /** Must be free, unless it is the one that this Airflow has. @defaultValue that of last time */
  readonly port?: number;
  /** `postgresql://…`, or `sqlite` for a file in the folder; stays as it was when absent. @defaultValue `sqlite` */
  readonly database?: string;
  /** Further settings of Airflow by their variables, over those of Hermes. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** What a start is going to do. */
export interface StartPlan {
  /** As it is written before anything starts; `processes` holds those that stay. */
  readonly state: InstanceState;
  /** Pids of processes that stay. */
  readonly keep: readonly number[];
  /** What has to end first: dead ones may have left children. */
  readonly end: InstanceState['processes'];
  readonly env: NodeJS.ProcessEnv;
  readonly secrets: InstanceSecrets;
  /** What `migrated` has to say. */
  readonly database: string;
}

/**
 * Decides what is missing. Processes that run with other settings than they would be given are started anew.
 * @throws ConfigError when the wanted port is in use
 */
export async function planStart(options: StartOptions, install: AirflowInstall): Promise<StartPlan> {
  const { folder, env, title, settings } = options;
  const before = readInstance(folder);
  const secrets = instanceSecrets(folder, options.database);
  const old = before?.processes ?? [];
  const alive = old.filter(isAlive);
  const isOurs = before !== undefined && alive.some(({ name }) => name === 'api-server');
  const mayKeep = isOurs && (options.port === undefined || options.port === before.port);
  const port = mayKeep ? before.port : await choosePort(options.port, before?.port);
  const bin = join(install.folder, 'bin');
  const server = { port, secrets, title };
  const all = airflowSettings({
    folder,
    env,
    server,
    bin,
    ...(settings === undefined ? {} : { more: settings }),
  });
  const hash = hashOf([install.folder, ...ownSettings(all)]);
  const keep = before?.settings === hash ? old.filter(isWhole) : [];
  return {
    state: {
      format: 1,
      version: install.version,
      port,
      settings: hash,
      migrated: before?.migrated ?? '',
      processes: keep,
    },
    keep: keep.map(({ pid }) => pid),
    end: old.filter((each) => !keep.includes(each)),
    env: all,
    secrets,
    database: hashOf([install.version, secrets.database ?? 'sqlite']),
  };
}

/** What of the environment makes another Airflow; the rest of a shell's variables changes all the time. */
function ownSettings(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env)
    .filter(([name]) => /^(AIRFLOW_.*|PYTHONPATH|AWS_(CONFIG|SHARED_CREDENTIALS)_FILE)$/.test(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

function hashOf(parts: readonly string[]): string {
  return sha256Hex(parts.join('\n')).slice(0, 16);
}
