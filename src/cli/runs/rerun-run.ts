import { ConfigError } from '../../core/errors.ts';
import type { Cli } from '../cli.ts';
import { resolveRun } from './find-run.ts';
import { rerunForeign } from './rerun-foreign.ts';
import { type RerunOptions, rerunRecord } from './rerun-record.ts';

/** Options of `hermes runs rerun`. */
export interface RunsRerunOptions extends RerunOptions {
  readonly env?: string;
}

/** Repeats any run: from the record of this machine, else from what the workspace tells of it. */
export async function rerunAny(cli: Cli, text: string, options: RunsRerunOptions): Promise<void> {
  const found = await resolveRun(cli, text, { env: options.env });
  if (found.kind === 'foreign') {
    requireRecord(found.runId, options);
    return rerunForeign(cli, found, options);
  }
  const named = found.task === undefined ? [] : [found.task.taskId];
  const task = options.task.length > 0 ? options.task : named;
  return rerunRecord(cli, found.record, { ...options, task });
}

/** @throws ConfigError for what only a record can answer */
function requireRecord(runId: string, { latest, set }: RunsRerunOptions): void {
  const wish = latest === true ? '--latest' : set.length > 0 ? '--set' : undefined;
  if (wish === undefined) return;
  throw new ConfigError(
    `Cannot repeat run ${runId} with ${wish}: no record of it is on this machine, and the workspace does not know its DAG`,
    {
      code: 'HERMES_NOT_RECORDED',
      nextStep: `Repeat it as it was, or run its DAG from the file: hermes dag run FILE${wish === '--set' ? ' --set …' : ''}`,
    },
  );
}
