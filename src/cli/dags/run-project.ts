import { statSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { HermesOperator } from '../../../operators/hermes-operator.ts';
import { branchWish } from '../../artifacts/find-version.ts';
import { resolveTeam } from '../../config/resolve-environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { projectNameNear, projectNameProblem } from '../../core/names.ts';
import { printableLine } from '../../core/printable.ts';
import { Dag } from '../../dag/dag.ts';
import type { Cli } from '../cli.ts';
import type { StartOptions } from './asked-run.ts';
import { startRun } from './drive-run.ts';
import { showPlan } from './show-plan.ts';

/** Options of `hermes run`. */
export interface RunOptions {
  readonly env: string;
  readonly script?: string;
  readonly version?: string;
  readonly branch?: string;
  readonly team?: string;
  readonly library: boolean;
  readonly view: readonly string[];
  readonly logicalDate?: Date;
  readonly dryRun?: true;
}

/** Runs one script of a project, as a DAG of one task. */
export async function runProject(
  cli: Cli,
  project: string,
  parameters: readonly string[],
  options: RunOptions,
): Promise<void> {
  const { logicalDate } = options;
  assertNoFile(cli, project);
  const start: StartOptions = {
    dag: oneTaskDag(project, parameters, options, resolveTeam(teamQuestion(cli, options))),
    environment: options.env,
    source: `hermes run ${project}`,
    folder: cli.cwd,
    params: {},
    parallel: 1,
    ...(logicalDate === undefined ? {} : { logicalDate }),
  };
  await (options.dryRun === true ? showPlan(cli, start) : startRun(cli, start));
}

/** A file is no project; the mistake is a likely one. */
function assertNoFile(cli: Cli, given: string): void {
  if (projectNameProblem(given) === undefined) return;
  const isFile = statSync(resolve(cli.cwd, given), { throwIfNoEntry: false })?.isFile() ?? false;
  if (!isFile && extname(given) !== '.py') return;
  const name = projectNameNear(basename(given, extname(given)));
  throw new ConfigError(
    `Cannot run ${printableLine(JSON.stringify(given))}: run takes the name of a project, not a file.`,
    {
      code: 'HERMES_RUN_FILE',
      nextStep: `Make a project for it: hermes project new ${name ?? '<name>'}`,
    },
  );
}

function teamQuestion(cli: Cli, { team }: RunOptions): { team?: string; folder: string } {
  return team === undefined ? { folder: cli.cwd } : { team, folder: cli.cwd };
}

/** A DAG of the project's name with one task of the script's name. */
function oneTaskDag(project: string, parameters: readonly string[], options: RunOptions, team: string): Dag {
  const { branch, version, script, library, view } = options;
  if (branch !== undefined && version !== undefined) {
    throw new ConfigError('Cannot take both --version and --branch: each names what to run', {
      code: 'HERMES_VERSION_OR_BRANCH',
      nextStep: 'Leave one of them out.',
    });
  }
  return new Dag(`run_${project}`, { team }, () => {
    new HermesOperator({
      taskId: script ?? project,
      projectName: project,
      scriptVersion: branch === undefined ? (version ?? 'latest') : branchWish(branch),
      parameters,
      viewAccessControlList: view,
      ...(script === undefined ? {} : { scriptName: script }),
      ...(library ? {} : { libraryVersion: 'none' }),
    });
  });
}
