import { ExitCode, WorkFailedError } from '../../core/errors.ts';
import type { RunRecord } from '../../engines/local/record/run-record.ts';
import type { Cli } from '../cli.ts';

/**
 * Sets the exit code by how a DAG run ended. The progress has shown what failed; with `--quiet` the error does.
 * @param seeMore The command that shows what happened.
 * @throws WorkFailedError `HERMES_RUN_FAILED`, with `--quiet`
 */
export function reportRun(cli: Cli, record: RunRecord, seeMore: string): void {
  if (cli.quiet && record.state === 'success') cli.result(record.runId);
  if (record.state === 'success') return;
  if (!cli.quiet) {
    process.exitCode = ExitCode.workFailed;
    return;
  }
  const failed = record.tasks.filter(({ state }) => state === 'failed').map(({ taskId }) => taskId);
  throw new WorkFailedError(
    `DAG run ${record.runId} of ${record.dagId} failed: ${failed.join(', ') || 'not finished'}`,
    { code: 'HERMES_RUN_FAILED', nextStep: `See what happened with: ${seeMore}` },
  );
}
