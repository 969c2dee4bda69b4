import { relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { WorkFailedError } from '../../core/errors.ts';
import type { CiRun } from '../../github/ci-run.ts';
import { createDiskHost } from '../../github/disk-host.ts';
import { SAMPLE_PROJECT, type TemplateKind, templateKinds } from '../../templates/answers.ts';
import type { Cli } from '../cli.ts';
import { type CreatedRepository, createRepository, type RepositoryRequest } from '../create-repository.ts';
import { selfCommand } from '../self-command.ts';

interface Options {
  readonly team?: string;
  readonly kind: TemplateKind;
  readonly to?: string;
  readonly ci: boolean;
}

export function configure(command: Command, openCli: () => Cli): void {
  command
    .argument('<name>', 'name of the repository: lower-case words joined by "-" or "_"')
    .option('--team <team>', 'team that owns it (default: the name, without "-airflow" at its end)')
    .addOption(new Option('--kind <kind>', 'template').choices(templateKinds).default('product'))
    .option('--to <folder>', 'where the files go (default: a folder of that name, here)')
    .option('--no-ci', 'do not run CI for the first push')
    .addHelpText(
      'after',
      `
Examples:
  hermes repo create weather                     data products of team weather
  hermes repo create weather-reports --team weather
  hermes repo create weather-airflow --kind airflow    the DAGs of team weather`,
    )
    .action(async (name: string, options: Options) => {
      const cli = openCli();
      const request = {
        name,
        team: options.team ?? name.replace(/-airflow$/, ''),
        kind: options.kind,
        folder: resolve(cli.cwd, options.to ?? name),
        cwd: cli.cwd,
        date: cli.clock.now(),
      };
      const host = createDiskHost(cli.home, { env: cli.env, command: selfCommand() });
      const context = { env: cli.env, signal: cli.signal };
      const created = await createRepository(request, host, context);
      const ciRun =
        options.ci && created.isMade
          ? await host.runCi(name, created.commit, (line) => cli.print(`  ${line}`), cli.signal)
          : undefined;
      report(cli, request, created, ciRun);
    });
}

function report(
  cli: Cli,
  request: RepositoryRequest,
  created: CreatedRepository,
  ciRun: CiRun | undefined,
): void {
  const { identity } = created;
  const { name, team, kind, folder = '' } = request;
  const ci = ciRun === undefined ? undefined : { outcome: ciRun.outcome, log: ciRun.log, steps: ciRun.steps };
  cli.object({ name, team, kind, folder, origin: created.cloneUrl, commit: created.commit, ci });
  const shown = relative(cli.cwd, folder) || folder;
  cli.print(
    `${cli.style('green', '✓')} ${shown}  ${created.files} files, commit ${created.commit.slice(0, 8)}`,
  );
  cli.print(`  origin  ${created.cloneUrl}`);
  if (ciRun !== undefined) cli.print(`  CI      ${ciRun.outcome}  ${ciRun.log}`);
  if (identity.assumed) {
    cli.note(
      `Git does not know who you are; this repository uses ${identity.name} <${identity.email}>. To change it:\n` +
        `  git -C ${shown} config user.name "Your Name"\n  git -C ${shown} config user.email you@example.com`,
    );
  }
  if (ciRun === undefined || ciRun.outcome === 'passed') {
    for (const line of nextSteps(request, shown)) cli.print(line);
  }
  if (ciRun?.outcome === 'failed' || ciRun?.outcome === 'interrupted') {
    throw new WorkFailedError(
      `Repository ${name} is made, but its first CI run ${ciRun.outcome === 'failed' ? 'failed' : 'was interrupted'}.`,
      {
        code: 'HERMES_CI_FAILED',
        nextStep: `Read ${ciRun.log}, then push a commit to run CI again.`,
      },
    );
  }
}

function nextSteps({ kind }: RepositoryRequest, folder: string): string[] {
  const script = `${SAMPLE_PROJECT}/${SAMPLE_PROJECT}/${SAMPLE_PROJECT}.py`;
  const example =
    kind === 'product'
      ? [
          [`python3 ${script}`, 'run the example'],
          ['hermes project new my-project', 'start a project of your own'],
        ]
      : [
          ['hermes dag check dags', 'find mistakes in the DAGs'],
          [`hermes dag run dags/${SAMPLE_PROJECT}.dag.yaml`, 'run the example'],
        ];
  const steps = [[`cd ${folder}`, ''], ...example, ['less README.md', 'branch, commit, push: step by step']];
  const width = Math.max(...steps.map(([line = '']) => line.length)) + 3;
  return ['', 'Next:', ...steps.map(([line = '', what]) => `  ${line.padEnd(width)}${what}`.trimEnd())];
}
