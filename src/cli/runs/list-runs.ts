import { requireEnvironment } from '../../config/resolve-environment.ts';
import { isAlive } from '../../engines/local/record/driver-process.ts';
import type { RunRecord } from '../../engines/local/record/run-record.ts';
import { openRunStore } from '../../engines/local/record/run-store.ts';
import type { Cli } from '../cli.ts';
import { runObject } from './run-json.ts';
import { isCancelled, isLenient, runWord, secondsText } from './run-lines.ts';

/** Options of `hermes runs list`. */
export interface RunsListOptions {
  readonly dag?: string;
  readonly env?: string;
  readonly limit: number;
}

const NOTHING =
  'Nothing has run here yet. Try: hermes run PROJECT. Runs of others: hermes runs list --workspace';

/** Prints recorded runs, the newest first. */
export async function listRuns(cli: Cli, { dag, env, limit }: RunsListOptions): Promise<void> {
  const all = await openRunStore(cli.home.dagRuns).list();
  const records = all
    .filter(
      (record) =>
        (dag ?? record.dagId) === record.dagId && (env ?? record.environment) === record.environment,
    )
    .slice(0, limit);
  // A run may be of an environment that is no longer described; nothing is of one that is only misspelt.
  if (env !== undefined && !all.some((record) => record.environment === env))
    requireEnvironment(env, cli.cwd);
  for (const record of records) cli.object(runObject(record));
  if (cli.quiet) for (const { runId } of records) cli.result(runId);
  if (records.length === 0) {
    cli.print(all.length === 0 ? NOTHING : 'No run fits.');
    return;
  }
  const rows = records.map((record) => rowOf(record, cli.clock.now()));
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  rows.forEach((row, index) => {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    const state = records[index]?.state;
    const colour = state === 'success' ? 'green' : state === 'failed' ? 'red' : 'cyan';
    cli.print([cli.style(colour, cells[0] ?? ''), ...cells.slice(1)].join('  ').trimEnd());
  });
}

function rowOf(record: RunRecord, now: Date): readonly string[] {
  const lasted = new Date(record.endedAt ?? now).getTime() - new Date(record.startedAt).getTime();
  const isLost = record.state === 'running' && !isAlive(record.driver);
  return [
    isLost ? 'lost' : runWord(record),
    record.dagId,
    record.environment,
    isLost ? '' : secondsText(lasted),
    countText(record),
    [record.runId, ...remarks(record, isLost)].join('  '),
  ];
}

/** `2/6 ok, 3 failed` */
function countText({ tasks }: RunRecord): string {
  const fine = tasks.filter(({ state }) => state === 'success').length;
  const failed = tasks.filter((task) => task.state === 'failed' && !isCancelled(task)).length;
  return `${fine}/${tasks.length} ok${failed === 0 ? '' : `, ${failed} failed`}`;
}

function remarks(record: RunRecord, isLost: boolean): readonly string[] {
  if (isLost) return [`(go on: hermes dag run --resume ${record.runId})`];
  return isLenient(record) ? ['(counts as success: its last tasks succeeded)'] : [];
}
