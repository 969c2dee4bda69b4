import type { Command } from 'commander';
import type { Cli } from './cli.ts';

/** What a file in `commands/` exports: the command's arguments, options, examples and action. */
interface CommandModule {
  /** `cli` makes the command's view of the world once the global options are known; call it inside the action. */
  configure(command: Command, cli: () => Cli): void;
}

/** One line of `hermes --help`; the module behind it is loaded only when the command is used. */
export interface CommandEntry {
  /** Words after `hermes`: `dag check`. */
  readonly path: string;
  readonly group: string;
  readonly summary: string;
  /** Speaks with a workspace that may be a real one, so it takes `--profile`. */
  readonly connects?: true;
  /** Left out of the overview: for other programs. */
  readonly hidden?: true;
  readonly load: () => Promise<CommandModule>;
}

/** Every command, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    path: 'repo create',
    group: 'Repositories',
    summary: 'create a repository from the template',
    load: () => import('./commands/repo-create.ts'),
  },
  {
    path: 'repo check',
    group: 'Repositories',
    summary: 'compare a repository with its template',
    load: () => import('./commands/repo-check.ts'),
  },
  {
    path: 'project new',
    group: 'Repositories',
    summary: 'add a project, copied from the sample',
    load: () => import('./commands/project-new.ts'),
  },
  {
    path: 'test',
    group: 'Build and publish',
    summary: 'run the tests of the projects in a repository',
    load: () => import('./commands/test.ts'),
  },
  {
    path: 'build',
    group: 'Build and publish',
    summary: 'test and build projects into a folder, without credentials',
    load: () => import('./commands/build.ts'),
  },
  {
    path: 'publish',
    group: 'Build and publish',
    summary: 'test, build and publish what changed (what CI calls)',
    load: () => import('./commands/publish.ts'),
  },
  {
    path: 'ci changed',
    group: 'Build and publish',
    summary: 'projects whose content is not published yet',
    load: () => import('./commands/ci-changed.ts'),
  },
  {
    path: 'ci check',
    group: 'Build and publish',
    summary: 'does a pull request raise the versions that it must',
    load: () => import('./commands/ci-check.ts'),
  },
  {
    path: 'ci explain',
    group: 'Build and publish',
    summary: 'what this CI run would do, and why',
    load: () => import('./commands/ci-explain.ts'),
  },
  {
    path: 'upload',
    group: 'Build and publish',
    summary: 'give a file as input to runs in development',
    load: () => import('./commands/upload.ts'),
  },
  {
    path: 'runtime',
    group: 'Build and publish',
    summary: 'the module hermes_runtime as a wheel, for notebooks and editors',
    load: () => import('./commands/runtime.ts'),
  },
  {
    path: 'artifacts list',
    group: 'Build and publish',
    summary: 'versions of a project, and where latest stands',
    load: () => import('./commands/artifacts-list.ts'),
  },
  {
    path: 'artifacts show',
    group: 'Build and publish',
    summary: 'where latest stands and stood, or what a version is',
    load: () => import('./commands/artifacts-show.ts'),
  },
  {
    path: 'artifacts verify',
    group: 'Build and publish',
    summary: 'compare what a store holds with what was published',
    load: () => import('./commands/artifacts-verify.ts'),
  },
  {
    path: 'artifacts rollback',
    group: 'Build and publish',
    summary: 'move latest back to an earlier release, at once',
    load: () => import('./commands/artifacts-rollback.ts'),
  },
  {
    path: 'artifacts gc',
    group: 'Build and publish',
    summary: 'delete builds of branches that are gone',
    load: () => import('./commands/artifacts-gc.ts'),
  },
  {
    path: 'run',
    group: 'Run',
    summary: 'run one script, as a DAG of one task',
    connects: true,
    load: () => import('./commands/run.ts'),
  },
  {
    path: 'dag check',
    group: 'Run',
    summary: 'find every mistake in DAG files',
    load: () => import('./commands/dag-check.ts'),
  },
  {
    path: 'dag show',
    group: 'Run',
    summary: 'print the tasks of a DAG and what they would submit',
    load: () => import('./commands/dag-show.ts'),
  },
  {
    path: 'dag schema',
    group: 'Run',
    summary: 'print the JSON Schema of DAG files, for editors',
    load: () => import('./commands/dag-schema.ts'),
  },
  {
    path: 'dag plan',
    group: 'Run',
    summary: 'what a run would send, and what the policies make of it',
    connects: true,
    load: () => import('./commands/dag-plan.ts'),
  },
  {
    path: 'dag run',
    group: 'Run',
    summary: 'run a DAG here and now',
    connects: true,
    load: () => import('./commands/dag-run.ts'),
  },
  {
    path: 'runs list',
    group: 'Runs',
    summary: 'recent runs',
    connects: true,
    load: () => import('./commands/runs-list.ts'),
  },
  {
    path: 'runs show',
    group: 'Runs',
    summary: 'one run: tasks, pins, links, timings',
    connects: true,
    load: () => import('./commands/runs-show.ts'),
  },
  {
    path: 'runs watch',
    group: 'Runs',
    summary: 'follow a run to its end: states, error, who has to act',
    connects: true,
    load: () => import('./commands/runs-watch.ts'),
  },
  {
    path: 'runs logs',
    group: 'Runs',
    summary: 'what a run printed',
    connects: true,
    load: () => import('./commands/runs-logs.ts'),
  },
  {
    path: 'runs cancel',
    group: 'Runs',
    summary: 'end a run that is still going',
    connects: true,
    load: () => import('./commands/runs-cancel.ts'),
  },
  {
    path: 'runs rerun',
    group: 'Runs',
    summary: 'repeat a run: as it was, or with the latest versions',
    connects: true,
    load: () => import('./commands/runs-rerun.ts'),
  },
  {
    path: 'enrol',
    group: 'Platform',
    summary: 'make what teams lack: Airflow repository, variables, policies',
    connects: true,
    load: () => import('./commands/enrol.ts'),
  },
  {
    path: 'policy show',
    group: 'Policies',
    summary: 'the policy of a team in words, and the cluster that comes of it',
    connects: true,
    load: () => import('./commands/policy-show.ts'),
  },
  {
    path: 'policy check',
    group: 'Policies',
    summary: 'find every mistake in a policy',
    connects: true,
    load: () => import('./commands/policy-check.ts'),
  },
  {
    path: 'policy explain',
    group: 'Policies',
    summary: 'which rule speaks of an attribute, and what it allows',
    connects: true,
    load: () => import('./commands/policy-explain.ts'),
  },
  {
    path: 'airflow up',
    group: 'Airflow',
    summary: 'a real Airflow on this machine, with the DAGs of the repository',
    connects: true,
    load: () => import('./commands/airflow-up.ts'),
  },
  {
    path: 'airflow run',
    group: 'Airflow',
    summary: 'run a DAG on that Airflow, and follow it',
    connects: true,
    load: () => import('./commands/airflow-run.ts'),
  },
  {
    path: 'airflow status',
    group: 'Airflow',
    summary: 'its processes, what it cannot load, its last runs',
    load: () => import('./commands/airflow-status.ts'),
  },
  {
    path: 'airflow logs',
    group: 'Airflow',
    summary: 'what Airflow wrote about a task, or one of its processes',
    load: () => import('./commands/airflow-logs.ts'),
  },
  {
    path: 'airflow down',
    group: 'Airflow',
    summary: 'stop it',
    load: () => import('./commands/airflow-down.ts'),
  },
  {
    path: 'airflow compile',
    group: 'Airflow',
    summary: 'turn DAG files into what Airflow loads',
    load: () => import('./commands/airflow-compile.ts'),
  },
  {
    path: 'airflow test',
    group: 'Airflow',
    summary: 'load the compiled DAGs in a real Airflow',
    load: () => import('./commands/airflow-test.ts'),
  },
  {
    path: 'airflow plan',
    group: 'Airflow',
    summary: 'what a pull request changes: DAGs, versions, access, tables',
    load: () => import('./commands/airflow-plan.ts'),
  },
  {
    path: 'airflow deploy',
    group: 'Airflow',
    summary: 'put DAGs where the Airflow of an environment reads them',
    load: () => import('./commands/airflow-deploy.ts'),
  },
  {
    path: 'airflow deploys',
    group: 'Airflow',
    summary: 'what was deployed, when and by whom, and what stands',
    load: () => import('./commands/airflow-deploys.ts'),
  },
  {
    path: 'airflow rollback',
    group: 'Airflow',
    summary: 'put the DAGs of an earlier deploy back, at once',
    load: () => import('./commands/airflow-rollback.ts'),
  },
  {
    path: 'airflow wheel',
    group: 'Airflow',
    summary: 'HermesOperator for DAGs in Python, as a wheel',
    load: () => import('./commands/airflow-wheel.ts'),
  },
  {
    path: 'workspace start',
    group: 'This machine',
    summary: 'start the embedded workspace and print its address',
    load: () => import('./commands/workspace-start.ts'),
  },
  {
    path: 'workspace stop',
    group: 'This machine',
    summary: 'stop the embedded workspace',
    load: () => import('./commands/workspace-stop.ts'),
  },
  {
    path: 'workspace status',
    group: 'This machine',
    summary: 'is the embedded workspace up, and where',
    load: () => import('./commands/workspace-status.ts'),
  },
  {
    path: 'workspace user',
    group: 'This machine',
    summary: 'list or add users of the embedded workspace',
    load: () => import('./commands/workspace-user.ts'),
  },
  {
    path: 'doctor',
    group: 'This machine',
    summary: 'check what Hermes needs, with a cure for each finding',
    connects: true,
    load: () => import('./commands/doctor.ts'),
  },
  {
    path: 'completion',
    group: 'This machine',
    summary: 'print the completion script of a shell',
    load: () => import('./commands/completion.ts'),
  },
  {
    path: 'workspace serve',
    group: 'Internal',
    summary: 'the server process behind workspace start',
    hidden: true,
    load: () => import('./commands/workspace-serve.ts'),
  },
  {
    path: 'repo receive',
    group: 'Internal',
    summary: 'the receive hook of an embedded repository',
    hidden: true,
    load: () => import('./commands/repo-receive.ts'),
  },
];
