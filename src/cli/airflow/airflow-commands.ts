import type { CommandEntry } from '../command-entry.ts';

/** The commands of Airflow, in the order of the help. */
export const airflowCommands: readonly CommandEntry[] = [
  {
    path: 'airflow up',
    group: 'Airflow',
    summary: 'a real Airflow on this machine, with the DAGs of the repository',
    connects: true,
    load: () => import('../commands/airflow-up.ts'),
  },
  {
    path: 'airflow run',
    group: 'Airflow',
    summary: 'run a DAG on that Airflow, and follow it',
    connects: true,
    load: () => import('../commands/airflow-run.ts'),
  },
  {
    path: 'airflow status',
    group: 'Airflow',
    summary: 'its processes, what it cannot load, its last runs',
    load: () => import('../commands/airflow-status.ts'),
  },
  {
    path: 'airflow logs',
    group: 'Airflow',
    summary: 'what Airflow wrote about a task, or one of its processes',
    load: () => import('../commands/airflow-logs.ts'),
  },
  {
    path: 'airflow down',
    group: 'Airflow',
    summary: 'stop it',
    load: () => import('../commands/airflow-down.ts'),
  },
  {
    path: 'airflow compile',
    group: 'Airflow',
    summary: 'turn DAG files into what Airflow loads',
    load: () => import('../commands/airflow-compile.ts'),
  },
  {
    path: 'airflow test',
    group: 'Airflow',
    summary: 'load the compiled DAGs in a real Airflow',
    load: () => import('../commands/airflow-test.ts'),
  },
  {
    path: 'airflow plan',
    group: 'Airflow',
    summary: 'what a pull request changes: DAGs, versions, access, tables',
    load: () => import('../commands/airflow-plan.ts'),
  },
  {
    path: 'airflow deploy',
    group: 'Airflow',
    summary: 'put DAGs where the Airflow of an environment reads them',
    load: () => import('../commands/airflow-deploy.ts'),
  },
  {
    path: 'airflow deploys',
    group: 'Airflow',
    summary: 'what was deployed, when and by whom, and what stands',
    load: () => import('../commands/airflow-deploys.ts'),
  },
  {
    path: 'airflow rollback',
    group: 'Airflow',
    summary: 'put the DAGs of an earlier deploy back, at once',
    load: () => import('../commands/airflow-rollback.ts'),
  },
  {
    path: 'airflow wheel',
    group: 'Airflow',
    summary: 'HermesOperator for DAGs in Python, as a wheel',
    load: () => import('../commands/airflow-wheel.ts'),
  },
];
