import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { WorkFailedError } from '../../core/errors.ts';
import { applyBuild, readBuildFolder } from '../../engines/airflow/compile/build-folder.ts';
import { BUILD_INDEX, type BuildForm, type BuildIndex } from '../../engines/airflow/compile/build-index.ts';
import { type BuildChange, compareBuilds } from '../../engines/airflow/compile/compare-builds.ts';
import { type BuildFiles, type CompiledDag, planBuild } from '../../engines/airflow/compile/plan-build.ts';
import { buildLines } from '../airflow/build-lines.ts';
import { checkOutFolder } from '../airflow/check-out-folder.ts';
import { compileRepository } from '../airflow/compile-repository.ts';
import type { Cli } from '../cli.ts';
import { defaultDagPaths } from '../dags/dag-paths.ts';

interface Options {
  readonly out: string;
  readonly format: BuildForm;
  readonly check?: boolean;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[paths...]', 'DAG files, or folders that hold them (default: the folder dags)')
    .option('--out <folder>', 'folder that Airflow reads, or that is deployed to it', 'build')
    .addOption(
      new Option('--format <form>', 'a loader and a manifest for all, or a readable Python file for each DAG')
        .choices(['manifest', 'python'])
        .default('manifest'),
    )
    .option('--check', 'write nothing; fail when the folder is not what would be written')
    .addHelpText(
      'after',
      `
Writes what changed, and removes only what an earlier compile wrote. With one mistake nothing is written.

Examples:
  hermes airflow compile
  hermes airflow compile dags/ --out build/
  hermes airflow compile --format python
  hermes airflow compile --check`,
    )
    .action(async (paths: string[], options: Options) => compile(cli(), paths, options));
}

async function compile(
  cli: Cli,
  paths: readonly string[],
  { out, format, check = false }: Options,
): Promise<void> {
  const from = paths.length > 0 ? paths : defaultDagPaths(cli.cwd);
  await checkOutFolder(cli, from, out);
  const dags = await compileRepository(cli, paths);
  const build = await planForm(dags, format);
  const folder = resolve(cli.cwd, out);
  const standing = readBuildFolder(folder, build, out);
  if (dags.length === 0)
    cli.print(`There is no DAG to compile: no *.dag.ts and no *.dag.yaml is in ${from.join(', ')}.`);
  if (dags.length === 0 && standing.index === undefined) return;
  const change = compareBuilds(build, standing, out);
  if (!check) await applyBuild(folder, build, change);
  for (const name of change.edited)
    cli.note(`! ${name} was edited after Hermes wrote it${check ? '' : ', and is written again'}.`);
  const index = JSON.parse(build.get(BUILD_INDEX) ?? '') as BuildIndex;
  cli.object(asObject(index, change, folder));
  for (const line of buildLines(cli, build, index, change, out)) cli.print(line);
  if (check) requireUpToDate(change, out);
  if (cli.quiet && !check) cli.result(folder);
}

async function planForm(dags: readonly CompiledDag[], form: BuildForm): Promise<BuildFiles> {
  if (form === 'manifest') return planBuild(dags);
  const { planPythonBuild } = await import('../../engines/airflow/compile/plan-python-build.ts');
  return planPythonBuild(dags);
}

function asObject(index: BuildIndex, { dags, write, remove }: BuildChange, folder: string): object {
  const { added, changed, removed, unchanged } = dags;
  return {
    folder,
    form: index.form,
    added,
    changed,
    removed,
    unchanged: unchanged.length,
    written: write,
    deleted: remove,
  };
}

function requireUpToDate({ write, remove }: BuildChange, out: string): void {
  if (write.length + remove.length === 0) return;
  throw new WorkFailedError(`The build in ${out} is not that of the DAG files.`, {
    code: 'HERMES_BUILD_STALE',
    nextStep: 'Write it with: hermes airflow compile',
  });
}
