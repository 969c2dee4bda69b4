import type { Cli } from './cli.ts';
import { findRemoteRun, outputRunId } from './find-run.ts';
import { followLogs, lastLines } from './follow-logs.ts';

/** Options of `hermes runs logs`. */
export interface RunsLogsOptions {
  readonly task?: string;
  readonly tail?: number;
  readonly follow?: true;
}

/** Prints what a run has printed. */
export async function printLogs(
  cli: Cli,
  reference: string,
  { task, tail, follow }: RunsLogsOptions,
): Promise<void> {
  const found = await findRemoteRun(cli, reference, task);
  const { jobs } = found.link.databricks;
  if (follow === true) {
    const write = (text: string): void => {
      cli.result(text);
      cli.object({ runId: found.runId, logs: text });
    };
    return followLogs(jobs, found.runId, { clock: cli.clock, signal: cli.signal, write });
  }
  const run = await jobs.getRun(found.runId, cli.signal);
  const output = await jobs.getRunOutput(outputRunId(run, found.runId), cli.signal);
  const logs = tail === undefined ? output.logs : lastLines(output.logs, tail);
  cli.object({ runId: found.runId, logs, truncated: output.logsTruncated, error: output.error });
  if (output.logsTruncated && tail === undefined) {
    cli.note(`These are the last 5 MB; the whole log is on the run page: ${run.pageUrl}`);
  }
  if (logs === '') cli.note('It has printed nothing.');
  else cli.result(logs);
}
