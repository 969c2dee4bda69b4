import { operators } from '../../../operators/registry.ts';
import { ConfigError } from '../../core/errors.ts';
import { ProblemsError } from '../../core/problems.ts';
import { didYouMean } from '../../core/suggest.ts';
import { type LoadedDag, loadDags } from '../../dag/load-dags.ts';
import type { Cli } from '../cli.ts';
import { doubtTeams } from '../policies/known-team.ts';
import { readPolicyFile } from '../policies/policy-file.ts';
import type { DagChoices } from '../runs/run-options.ts';
import { startOf } from './chosen-run.ts';
import { defaultDagPaths } from './dag-paths.ts';
import { findDagProblems } from './dag-problems.ts';
import { showPlan } from './show-plan.ts';

/** Options of `hermes dag plan`. */
export interface DagPlanOptions extends DagChoices {
  readonly dag?: string;
  readonly task?: string;
  readonly policy?: string;
}

/**
 * Prints what runs of the DAGs in some files would send.
 * @throws ProblemsError for mistakes in the files; ConfigError when a DAG would not start, after all were printed
 */
export async function planDags(cli: Cli, paths: readonly string[], options: DagPlanOptions): Promise<void> {
  const from = paths.length > 0 ? paths : defaultDagPaths(cli.cwd);
  const { dags, problems } = await loadDags(from, { operators, cwd: cli.cwd });
  const policies = options.policy === undefined ? undefined : readPolicyFile(cli.cwd, options.policy);
  const chosen = choose(dags, options);
  const found = [...problems, ...findDagProblems(cli, { dags: chosen, faulty: [] }, options.env)];
  if (found.length > 0) throw new ProblemsError(found);
  for (const doubt of doubtTeams(cli, chosen, options.env)) cli.note(`? ${doubt}`);
  const failures: ConfigError[] = [];
  for (const loaded of chosen) {
    try {
      await showPlan(cli, startOf(loaded, options, { parallel: 1 }), {
        ...(options.task === undefined ? {} : { task: options.task }),
        ...(policies === undefined ? {} : { policies }),
      });
    } catch (error) {
      if (!(error instanceof ConfigError) || error.code !== 'HERMES_PLAN_PROBLEMS') throw error;
      failures.push(error);
    }
  }
  const [first] = failures;
  if (first !== undefined && failures.length === 1) throw first;
  if (first !== undefined)
    throw new ConfigError(failures.map(({ message }) => message).join('\n'), {
      code: 'HERMES_PLAN_PROBLEMS',
    });
}

function choose(dags: readonly LoadedDag[], { dag: wanted, task }: DagPlanOptions): readonly LoadedDag[] {
  const ids = dags.map(({ dag }) => dag.dagId);
  const named = dags.filter(({ dag }) => dag.dagId === (wanted ?? dag.dagId));
  if (wanted !== undefined && named.length === 0) {
    throw new ConfigError(`There is no DAG ${wanted} here. DAGs: ${ids.join(', ') || 'none'}.`, {
      code: 'HERMES_WHICH_DAG',
      nextStep: didYouMean(wanted, ids) ?? 'Name one of them.',
    });
  }
  if (task === undefined || named.length === 1) return named;
  const holders = named.filter(({ dag }) => dag.tasks.some(({ taskId }) => taskId === task));
  return holders.length > 0 ? holders : named.slice(0, 1);
}
