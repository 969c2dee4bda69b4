import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/core/package-root.ts';
import type { LoadedDag } from '../../../src/dag/load-dags.ts';
import { compileDags } from '../../../src/engines/airflow/compile/compile-dags.ts';
import { planBuild } from '../../../src/engines/airflow/compile/plan-build.ts';
import { airflowPython } from '../../airflow-python.ts';
import { lastingPython } from '../../lasting-python.ts';
import { temporaryFolder } from '../../setup.ts';

/** What Airflow says of a DAG after it was serialized, stored as text and read back; times in seconds. */
export interface DagFacts {
  readonly dag_id: string;
  readonly tags: readonly string[];
  readonly doc_md: string | null;
  readonly description: string | null;
  readonly owner: string;
  readonly timezone: string;
  readonly start_date: string | null;
  readonly end_date: string | null;
  readonly catchup: boolean;
  readonly max_active_runs: number;
  readonly dagrun_timeout: number | null;
  readonly params: Readonly<Record<string, unknown>>;
  readonly schedule: string;
  readonly next_runs: readonly string[];
  readonly tasks: readonly TaskFacts[];
}

export interface TaskFacts {
  readonly task_id: string;
  readonly type: string;
  readonly owner: string;
  readonly retries: number;
  readonly retry_delay: number;
  readonly max_retry_delay: number | null;
  readonly retry_exponential_backoff: number;
  readonly execution_timeout: number | null;
  readonly pool: string;
  readonly trigger_rule: string;
  readonly upstream: readonly string[];
  readonly links: readonly string[];
  readonly json: unknown;
  readonly databricks_conn_id: string | null;
  readonly deferrable: boolean | null;
}

/** One attempt of a task in one DAG run. */
export interface SubmitCase {
  readonly dag_id: string;
  readonly task_id: string;
  readonly try_number: number;
  readonly run: {
    readonly run_id: string;
    readonly run_type: 'manual' | 'scheduled';
    readonly logical_date: string | null;
    readonly run_after: string;
    readonly data_interval_start: string | null;
    readonly data_interval_end: string | null;
    readonly conf: Readonly<Record<string, unknown>> | null;
  };
  readonly variables: Readonly<Record<string, unknown>>;
  readonly pins: unknown;
}

export interface TimingCase {
  readonly cron: string;
  readonly timezone: string;
  readonly at: string;
  readonly count: number;
}

export interface Question {
  /** Folder of a build. */
  readonly build?: string;
  /** The next runs after this time are asked for, that many of them. */
  readonly at?: string;
  readonly count?: number;
  /** Also writes the DAGs into a database of Airflow and reads them back. */
  readonly store?: boolean;
  readonly submits?: readonly SubmitCase[];
  readonly timings?: readonly TimingCase[];
}

export interface Answer {
  readonly import_errors: Readonly<Record<string, string>>;
  readonly warnings: Readonly<Record<string, readonly string[]>>;
  readonly dags: readonly DagFacts[];
  readonly stored?: readonly StoredFacts[];
  readonly submits: readonly { readonly body?: unknown; readonly error?: string }[];
  /** Times, or why there are none. */
  readonly timings: readonly (readonly string[] | string)[];
}

/** A DAG as Airflow's database keeps it. */
type StoredFacts = Pick<DagFacts, 'dag_id' | 'tags' | 'owner' | 'description' | 'doc_md' | 'params'> & {
  readonly next_run: string | null;
};

/** Writes a build of DAGs into a folder of its own. */
export function buildFolder(dags: readonly LoadedDag[]): string {
  const folder = join(temporaryFolder(), 'build');
  mkdirSync(folder);
  for (const [name, text] of planBuild(compileDags(dags))) writeFileSync(join(folder, name), text);
  return folder;
}

/** Asks the real Airflow of a major version. @throws Error with what Python wrote, when it fails */
export function askAirflow(question: Question, major: 2 | 3 = 3): Promise<Answer> {
  return oracles[major]({ at: '2026-11-21T00:00:00Z', count: 3, ...question });
}

const oracles = { 2: oracle(2, 'airflow2_oracle.py'), 3: oracle(3, 'airflow_oracle.py', '-W', 'error') };

function oracle(major: 2 | 3, script: string, ...warnings: readonly string[]) {
  return lastingPython<Answer>(async () => {
    const home = temporaryFolder();
    return {
      python: await airflowPython(major),
      words: [...warnings, join(packageRoot, 'test', 'engines', 'airflow', script)],
      env: {
        AIRFLOW_HOME: home,
        AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
        AIRFLOW__CORE__DAGS_FOLDER: home,
        AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: 'False',
        PYTHONDONTWRITEBYTECODE: '',
      },
    };
  });
}
