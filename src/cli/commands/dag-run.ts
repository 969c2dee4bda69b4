import { dirname } from 'node:path';
import type { Command } from 'commander';
import { operators } from '../../../operators/registry.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { ProblemsError } from '../../core/problems.ts';
import { didYouMean } from '../../core/suggest.ts';
import { type LoadedDag, loadDags } from '../../dag/load-dags.ts';
import { overrideDag, parseOverride } from '../../engines/local/override-dag.ts';
import type { RunRecord } from '../../engines/local/run-record.ts';
import { findRun, openRunStore } from '../../engines/local/run-store.ts';
import type { Cli } from '../cli.ts';
import { continueRun, startRun } from '../drive-run.ts';
import { collectParam, collectText, parseCount, parseInstant } from '../run-options.ts';

interface Options {
  readonly env: string;
  readonly dag?: string;
  readonly runId?: string;
  readonly logicalDate?: Date;
  readonly param: Readonly<Record<string, Json>>;
  readonly set: readonly string[];
  readonly resume?: string | true;
  readonly latest?: true;
  readonly parallel: number;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[file]', 'a *.dag.ts or *.dag.yaml file')
    .option('--env <name>', 'environment to run in', 'dev')
    .option('--dag <id>', 'which DAG, when the file holds several')
    .option('--run-id <id>', 'name of the run (default: from the time)')
    .option('--logical-date <date>', 'the day that {{ ds }} means (default: the present time)', parseInstant)
    .option('--param <name=value>', 'a value of {{ params.name }}; may be repeated', collectParam, {})
    .option(
      '--set <task.option=value>',
      'another option of a task, for this run; may be repeated',
      collectText,
      [],
    )
    .option('--parallel <n>', 'tasks at a time', parseCount, 4)
    .option(
      '--resume [run]',
      'go on with a run (default: the last one): adopt what is going, repeat what failed',
    )
    .option('--latest', 'with --resume: pin versions anew instead of repeating the same bytes')
    .addHelpText(
      'after',
      `
Examples:
  hermes dag run dags/seattle.dag.yaml
  hermes dag run dags/seattle.dag.yaml --env prod --logical-date 2026-01-31
  hermes dag run dags/seattle.dag.yaml --set report.script_version=feature/fix-column
  hermes dag run --resume`,
    )
    .action(async (file: string | undefined, options: Options) => runOrResume(cli(), file, options));
}

async function runOrResume(cli: Cli, file: string | undefined, options: Options): Promise<void> {
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
  const loaded = await loadOne(cli, file, options.dag);
  const { runId, logicalDate } = options;
  await startRun(cli, {
    dag: overrideDag(loaded.dag, options.set.map(parseOverride), operators),
    environment: options.env,
    source: loaded.shownFile,
    folder: dirname(loaded.file),
    params: options.param,
    parallel: options.parallel,
    ...(runId === undefined ? {} : { runId }),
    ...(logicalDate === undefined ? {} : { logicalDate }),
  });
}

/** `--resume dags/x.dag.yaml` reads as `--resume`, of that file. */
async function recordToResume(cli: Cli, file: string | undefined, options: Options): Promise<RunRecord> {
  const store = openRunStore(cli.home.dagRuns);
  const isFile = typeof options.resume === 'string' && /\.dag\.(ts|ya?ml)$/.test(options.resume);
  const path = isFile ? String(options.resume) : file;
  if (typeof options.resume === 'string' && !isFile) return (await findRun(store, options.resume)).record;
  if (path === undefined) return (await findRun(store, 'last')).record;
  const { dag } = await loadOne(cli, path, options.dag);
  const last = (await store.list()).find(({ dagId }) => dagId === dag.dagId);
  if (last !== undefined) return last;
  throw new ConfigError(`Cannot resume DAG ${dag.dagId}: it has not run here yet`, {
    code: 'HERMES_UNKNOWN_RUN',
    nextStep: 'Run it without --resume.',
  });
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
