import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import { installedAirflow } from '../airflow-harness.ts';
import { pythonTools } from '../python-tools.ts';

const DAG_FACTORY = join(packageRoot, 'test', 'fixtures', 'python', 'dag-factory.txt');

/** A real Airflow to measure with: its Python, and the folder that dag-factory is imported from. */
export interface BenchAirflow {
  readonly python: string;
  readonly dagFactory: string;
  readonly emptyDatabase: string;
}

/** Installed the first time, below `.cache/`. */
export async function benchAirflow(): Promise<BenchAirflow> {
  const { python, emptyDatabase } = await installedAirflow();
  const hash = createHash('sha256').update(readFileSync(DAG_FACTORY)).digest('hex').slice(0, 12);
  const dagFactory = join(packageRoot, '.cache', 'python', `dag-factory-${hash}`);
  if (!existsSync(join(dagFactory, 'ready'))) {
    const uv = join(pythonTools('test'), 'uv');
    const install = ['pip', 'install', '--quiet', '--no-deps', '--require-hashes', '--python', python];
    execFileSync(uv, [...install, '--target', dagFactory, '--requirement', DAG_FACTORY]);
    writeFileSync(join(dagFactory, 'ready'), '');
  }
  return { python, dagFactory, emptyDatabase };
}

/** Seconds that a `DagBag` takes for a folder in a process that has imported everything. */
export function timeDagBag(airflow: BenchAirflow, folder: string, expected: number, asked?: string): number {
  const context = asked === undefined ? {} : { _AIRFLOW_PARSING_CONTEXT_DAG_ID: asked };
  return withHome(airflow, folder, (env) => {
    const text = execFileSync(airflow.python, ['-c', DAGBAG, folder], {
      env: { ...env, ...context },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [seconds = Number.NaN, found] = (text.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
    if (found !== expected) throw new Error(`${folder}: ${found} DAGs instead of ${expected}`);
    return seconds;
  });
}

/** Seconds of `airflow dag-processor -n 1` on an empty SQLite database, from its start to its end. */
export function timeDagProcessor(airflow: BenchAirflow, folder: string, expected: number): number {
  return withHome(airflow, folder, (env) => {
    const start = performance.now();
    const run = spawnSync(airflow.python, ['-m', 'airflow', 'dag-processor', '-n', '1'], {
      env,
      encoding: 'utf8',
      maxBuffer: 1e9,
    });
    const seconds = (performance.now() - start) / 1000;
    const count = [
      '-c',
      'import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute("select count(*) from dag").fetchone())',
    ];
    const found = Number(
      execFileSync(airflow.python, [...count, join(env.AIRFLOW_HOME ?? '', 'airflow.db')], {
        encoding: 'utf8',
      }),
    );
    if (run.status !== 0 || found !== expected)
      throw new Error(`${folder}: ${found} DAGs instead of ${expected}: ${run.stderr.slice(-2000)}`);
    return seconds;
  });
}

function withHome(airflow: BenchAirflow, folder: string, work: (env: NodeJS.ProcessEnv) => number): number {
  const home = mkdtempSync(join(tmpdir(), 'hermes-bench-airflow-'));
  copyFileSync(airflow.emptyDatabase, join(home, 'airflow.db'));
  try {
    return work({
      ...process.env,
      AIRFLOW_HOME: home,
      AIRFLOW__CORE__DAGS_FOLDER: folder,
      AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
      AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT: '600',
      AIRFLOW__DAG_PROCESSOR__DAG_FILE_PROCESSOR_TIMEOUT: '600',
      AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: 'False',
      PYTHONPATH: airflow.dagFactory,
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const DAGBAG = `
import sys, time
import airflow.providers.databricks.operators.databricks, airflow.providers.standard.operators.python
import airflow.providers.standard.operators.empty, airflow.sdk, dagfactory, pendulum
from airflow.dag_processing.dagbag import DagBag
start = time.perf_counter()
bag = DagBag(sys.argv[1])
seconds = time.perf_counter() - start
assert not bag.import_errors, bag.import_errors
print(seconds, len(bag.dags))
`;
