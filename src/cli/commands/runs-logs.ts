import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { findRemoteRun, outputRunId, RUN_ARGUMENT } from '../find-run.ts';
import { followLogs, lastLines } from '../follow-logs.ts';
import { parseCount } from '../run-options.ts';

interface Options {
  readonly task?: string;
  readonly tail?: number;
  readonly follow?: true;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[run]', RUN_ARGUMENT, 'last')
    .option('--task <id>', 'which task of a DAG run (default: the one that failed, else the last one)')
    .option('--tail <n>', 'only the last lines', parseCount)
    .option('-f, --follow', 'go on until the run ends')
    .addHelpText(
      'after',
      '\nExamples:\n  hermes runs logs\n  hermes runs logs 1208 --tail 50\n  hermes runs logs last --task clean --follow',
    )
    .action(async (reference: string, options: Options) => printLogs(cli(), reference, options));
}

async function printLogs(cli: Cli, reference: string, { task, tail, follow }: Options): Promise<void> {
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
