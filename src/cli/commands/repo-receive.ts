import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { ExitCode } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import { branchOf, type PushedRef, parsePushedRefs } from '../../github/hook/pushed-refs.ts';
import { runCi } from '../../github/hook/run-ci.ts';
import type { Cli } from '../cli.ts';
import { untilOrphaned } from '../until-orphaned.ts';

export function configure(command: Command, openCli: () => Cli): void {
  command.action(async () => {
    const cli = openCli();
    const refs = parsePushedRefs(await text(process.stdin));
    const orphaned = untilOrphaned(cli.clock);
    const signal = AbortSignal.any([cli.signal, orphaned.signal]);
    try {
      for (const pushed of refs) await receive(cli, pushed, signal);
    } finally {
      orphaned.stop();
    }
  });
}

/** Runs CI for one ref of the push; the bare repository is the working folder, as git starts its hooks. */
async function receive(cli: Cli, pushed: PushedRef, signal: AbortSignal): Promise<void> {
  const { ref, commit, before } = pushed;
  const branch = branchOf(ref);
  if (branch === undefined || commit === undefined) {
    const why = commit === undefined ? 'was deleted' : 'is not a branch';
    cli.print(`${printableLine(ref)} ${why}: no CI.`);
    return;
  }
  const repository = basename(cli.cwd, '.git');
  const request = { home: cli.home, repositoryFolder: cli.cwd, repository, branch, ref, commit, before };
  const context = { env: cli.env, clock: cli.clock, signal, show: (line: string) => cli.print(line) };
  const run = await runCi(request, context);
  if (run.outcome === 'failed' || run.outcome === 'interrupted') process.exitCode = ExitCode.workFailed;
}
