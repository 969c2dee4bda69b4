import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import writeFileAtomic from 'write-file-atomic';
import { requireEnvironment } from '../../config/resolve-environment.ts';
import { makeFolder } from '../../core/make-folder.ts';
import { planPullRequest } from '../airflow/changes/compile-both.ts';
import { renderMarkdown } from '../airflow/changes/markdown-plan.ts';
import { reportPlan } from '../airflow/changes/plan-report.ts';
import type { Cli } from '../cli.ts';

interface Options {
  readonly base?: string;
  readonly env: string;
  readonly markdown?: string;
}

export function configure(command: Command, openCli: () => Cli): void {
  command
    .argument('[paths...]', 'DAG files, or folders that hold them (default: the folder dags)')
    .option(
      '--base <ref>',
      'what to compare with (default: the target of the pull request, or the default branch)',
    )
    .option('--env <name>', 'environment whose policies are shown', 'dev')
    .option('--markdown <file>', 'also write the plan as a comment for the pull request')
    .addHelpText(
      'after',
      `
Compares the DAGs as they stand with those of the commit at which the work left its base: which are added, changed and
removed, and what that means for schedules, versions, access and tables. Nothing is deployed.

Examples:
  hermes airflow plan
  hermes airflow plan --base origin/master --env prod
  hermes airflow plan --markdown plan.md`,
    )
    .action(async (paths: string[], options: Options) => {
      const cli = openCli();
      requireEnvironment(options.env, cli.cwd);
      const plan = await planPullRequest(cli, paths, options.env, options.base);
      if (options.markdown !== undefined) {
        const file = resolve(cli.cwd, options.markdown);
        makeFolder(dirname(file));
        await writeFileAtomic(file, renderMarkdown(plan));
      }
      reportPlan(cli, plan);
    });
}
