import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isWithin } from '../core/is-within.ts';
import { makeFolder } from '../core/make-folder.ts';

/** The folder `.hermes/` that holds everything embedded on this machine, and the places inside it. */
export interface Home {
  /** Absolute path of the `.hermes` folder. */
  readonly root: string;
  /** Artifact store of an embedded environment. */
  artifacts(environment: string): string;
  /** Products zone of an embedded environment: the only place a run may write. */
  products(environment: string): string;
  /** Files of a team given by `hermes upload`; development only. */
  uploads(team: string): string;
  /** Bare git repositories, the stand-in for GitHub. */
  readonly git: string;
  /** Logs and outcomes of the CI runs that a push started. */
  readonly ci: string;
  /** The embedded workspace's database, logs of runs, address. */
  readonly workspace: string;
  /** Records of DAG runs. */
  readonly dagRuns: string;
  /** The Airflow that tries the DAGs of an environment: its database, logs, secrets, addresses. */
  airflow(environment: string): string;
  /** Compiled DAGs of an embedded environment, deployed: what an Airflow on this machine may read. */
  airflowDags(environment: string): string;
  /** Prepared Python environments; may be deleted at any time. */
  readonly cache: string;
  /** A `hermes` command for CI scripts that a push starts. */
  readonly bin: string;
}

const MARKER = 'embedded.json';

/**
 * Finds the home for a working folder: `HERMES_HOME` when set, else the nearest `.hermes` upwards that is a home
 * already, else `.hermes` of the git repository, else `.hermes` of the folder itself.
 * Nothing is created; see {@link markHome}.
 */
export function resolveHome(folder: string, environmentVariables: NodeJS.ProcessEnv): Home {
  const explicit = environmentVariables.HERMES_HOME;
  if (explicit !== undefined && explicit !== '') return homeAt(resolve(folder, explicit));
  const marked = ancestors(folder).find((path) => existsSync(join(path, '.hermes', MARKER)));
  const repository = ancestors(folder).find((path) => existsSync(join(path, '.git')));
  return homeAt(join(marked ?? repository ?? resolve(folder), '.hermes'));
}

/**
 * The home on whose data the runs of a workspace work. One inside of the workspace's folder would be closed to them:
 * instead of it, the home around the folder.
 * @param folder Absolute path of the workspace's folder
 */
export function homeOfWorkspace(folder: string, home: Home, environmentVariables: NodeJS.ProcessEnv): Home {
  if (!isWithin(home.root, folder)) return home;
  const parent = dirname(folder);
  if (basename(parent) === '.hermes') return homeAt(parent);
  return resolveHome(parent, { ...environmentVariables, HERMES_HOME: '' });
}

/** The file whose presence makes a `.hermes` folder a home; whoever first writes to a home creates it. */
function homeMarker(home: Home): string {
  return join(home.root, MARKER);
}

/** Makes the `.hermes` folder and its marker, from which folders below find this home. Nothing when it stands. */
export function markHome(home: Home): void {
  if (existsSync(homeMarker(home))) return;
  makeFolder(home.root);
  writeFileSync(homeMarker(home), '{}\n');
}

function homeAt(root: string): Home {
  return {
    root,
    artifacts: (environment) => join(root, 'artifacts', environment),
    products: (environment) => join(root, 'products', environment),
    uploads: (team) => join(root, 'uploads', team),
    git: join(root, 'git'),
    ci: join(root, 'ci'),
    workspace: join(root, 'workspace'),
    dagRuns: join(root, 'dag-runs'),
    airflow: (environment) => join(root, 'airflow', environment),
    airflowDags: (environment) => join(root, 'airflow-dags', environment),
    cache: join(root, 'cache'),
    bin: join(root, 'bin'),
  };
}

function ancestors(folder: string): string[] {
  const path = resolve(folder);
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...ancestors(parent)];
}
