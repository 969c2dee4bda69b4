import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { operators } from '../../../operators/registry.ts';
import { ConfigError } from '../../core/errors.ts';
import { ProblemsError } from '../../core/problems.ts';
import { didYouMean } from '../../core/suggest.ts';
import { type LoadedDag, loadDags } from '../../dag/load-dags.ts';
import type { RunRecord } from '../../engines/local/record/run-record.ts';
import { findRun, openRunStore } from '../../engines/local/record/run-store.ts';
import type { Cli } from '../cli.ts';
import type { DagChoices } from '../runs/run-options.ts';
import { startOf } from './chosen-run.ts';
import { defaultDagPaths } from './dag-paths.ts';
import { continueRun, startRun } from './drive-run.ts';
import { showPlan } from './show-plan.ts';

/** Options of `hermes dag run`. */
export interface DagRunOptions extends DagChoices {
  readonly dag?: string;
  readonly runId?: string;
  readonly resume?: string | true;
  readonly latest?: true;
  readonly parallel: number;
  readonly dryRun?: true;
}

/** Runs the DAG of a file, or goes on with a recorded run. */
export async function runDagFile(cli: Cli, file: string | undefined, options: DagRunOptions): Promise<void> {
  if (options.resume !== undefined) {
    const record = await recordToResume(cli, file, options);
    return continueRun(cli, record, options.latest === true);
  }
  if (file === undefined) {
    throw new ConfigError('Cannot run a DAG: no file was given', {
      code: 'HERMES_NO_DAG_FILE',
      nextStep: 'For example: hermes dag run dags/seattle.dag.yaml',
    });
  }
  const loaded = isFile(cli, file) ? await loadOne(cli, file, options.dag) : await loadById(cli, file);
  const start = startOf(loaded, options, options);
  await (options.dryRun === true ? showPlan(cli, start) : startRun(cli, start));
}

/** `--resume dags/x.dag.yaml` reads as `--resume`, of that file. */
async function recordToResume(
  cli: Cli,
  file: string | undefined,
  options: DagRunOptions,
): Promise<RunRecord> {
  const store = openRunStore(cli.home.dagRuns);
  const isFile = typeof options.resume === 'string' && /\.dag\.(ts|ya?ml)$/.test(options.resume);
  const path = isFile ? String(options.resume) : file;
  if (typeof options.resume === 'string' && !isFile)
    return (await findRun(store, { reference: options.resume })).record;
  if (path === undefined) return (await findRun(store, { reference: 'last' })).record;
  const { dag } = await loadOne(cli, path, options.dag);
  const last = (await store.list()).find(({ dagId }) => dagId === dag.dagId);
  if (last !== undefined) return last;
  throw new ConfigError(`Cannot resume DAG ${dag.dagId}: it has not run here yet`, {
    code: 'HERMES_UNKNOWN_RUN',
    nextStep: 'Run it without --resume.',
  });
}

/** What ends as a DAG file does is one, whether it is there or not; any other name may be that of a DAG. */
function isFile(cli: Cli, target: string): boolean {
  return /[/\\]|\.(ts|ya?ml|py)$/.test(target) || existsSync(resolve(cli.cwd, target));
}

/** The DAG of an id among the files of the working folder. */
async function loadById(cli: Cli, dagId: string): Promise<LoadedDag> {
  const { dags, problems } = await loadDags(defaultDagPaths(cli.cwd), { operators, cwd: cli.cwd });
  const found = dags.find(({ dag }) => dag.dagId === dagId);
  if (found !== undefined) return found;
  if (problems.length > 0) throw new ProblemsError(problems);
  const ids = dags.map(({ dag }) => dag.dagId);
  throw new ConfigError(
    `There is no DAG ${dagId} here, nor a file of that name. DAGs: ${ids.join(', ') || 'none'}.`,
    { code: 'HERMES_WHICH_DAG', nextStep: didYouMean(dagId, ids) ?? 'Name one of them, or its file.' },
  );
}

async function loadOne(cli: Cli, file: string, dagId: string | undefined): Promise<LoadedDag> {
  const { dags, problems } = await loadDags([file], { operators, cwd: cli.cwd });
  if (problems.length > 0) throw new ProblemsError(problems);
  const ids = dags.map(({ dag }) => dag.dagId);
  const found =
    dagId === undefined && dags.length === 1 ? dags[0] : dags.find(({ dag }) => dag.dagId === dagId);
  if (found !== undefined) return found;
  const reason = dagId === undefined ? `it holds ${ids.length} DAGs` : `it has no DAG ${dagId}`;
  throw new ConfigError(`Cannot run ${file}: ${reason}: ${ids.join(', ') || 'none'}`, {
    code: 'HERMES_WHICH_DAG',
    nextStep: (dagId === undefined ? undefined : didYouMean(dagId, ids)) ?? 'Name one with --dag ID.',
  });
}
