import { printableLine } from '../../core/printable.ts';
import type { JobsApi } from '../../databricks/api.ts';
import type { Run } from '../../databricks/runs/run.ts';
import { isSuccess, isTerminal, stateWord } from '../../databricks/runs/run-state.ts';
import type { Cli } from '../cli.ts';
import { minuteText } from '../table.ts';
import type { RunsListOptions } from './list-runs.ts';
import { remoteRunObject } from './remote-progress.ts';
import { secondsText } from './run-lines.ts';
import { isNeverStarted, openRunWorkspace } from './run-workspace.ts';

/** Looks at so many runs at most for those of one DAG. */
const FARTHEST = 500;
const PAGE = 25;

/** Prints the runs of a workspace that one may see, whoever started them: what goes on first, then the latest end. */
export async function listWorkspaceRuns(cli: Cli, { dag, env, limit }: RunsListOptions): Promise<void> {
  const wish = { environment: env };
  if (isNeverStarted(cli, wish)) return cli.print('Nothing has run here yet. Try: hermes run PROJECT');
  const { databricks } = await openRunWorkspace(cli, wish);
  const isWanted = ({ name }: Run): boolean => dag === undefined || name.startsWith(`${dag}.`);
  const runs = await gather(databricks.jobs, limit, isWanted, cli.signal);
  for (const run of runs) cli.object(remoteRunObject(run));
  if (cli.quiet) for (const { runId } of runs) cli.result(runId);
  if (runs.length === 0) return cli.print('No run fits.');
  const rows = runs.map((run) => rowOf(run, cli.clock.now()));
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const [index, row] of rows.entries()) {
    const [state = '', ...cells] = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    cli.print([cli.style(colourOf(runs[index]), state), ...cells].join('  ').trimEnd());
  }
}

async function gather(
  jobs: JobsApi,
  limit: number,
  isWanted: (run: Run) => boolean,
  signal: AbortSignal,
): Promise<readonly Run[]> {
  const found = new Map<string, Run>();
  let token: string | undefined;
  for (let seen = 0; seen < FARTHEST && found.size < limit; seen += PAGE) {
    const page = await jobs.listRuns(
      { limit: PAGE, ...(token === undefined ? {} : { pageToken: token }) },
      signal,
    );
    // Pages shift while runs end: one may come twice.
    for (const run of page.runs) if (isWanted(run)) found.set(run.runId, run);
    token = page.nextPageToken;
    if (token === undefined) break;
  }
  return [...found.values()].slice(0, limit);
}

function rowOf(run: Run, now: Date): readonly string[] {
  const { startedAt, endedAt } = run;
  return [
    printableLine(stateWord(run.state)),
    printableLine(run.name),
    printableLine(run.creator),
    startedAt === undefined ? '' : minuteText(startedAt.toISOString()),
    startedAt === undefined ? '' : secondsText((endedAt ?? now).getTime() - startedAt.getTime()),
    run.pageUrl === '' ? run.runId : run.pageUrl,
  ];
}

function colourOf(run: Run | undefined): 'cyan' | 'green' | 'red' {
  if (run === undefined || !isTerminal(run.state)) return 'cyan';
  return isSuccess(run.state) ? 'green' : 'red';
}
