import type { Command } from 'commander';
import { openGit } from '../../../ci/git.ts';
import { listRemoteBranches } from '../../../ci/remote-branches.ts';
import { applyGc } from '../../artifacts/apply-gc.ts';
import { branchName } from '../../artifacts/catalog.ts';
import { type GcDecision, planGc } from '../../artifacts/plan-gc.ts';
import { readHermesYaml } from '../../config/hermes-yaml.ts';
import { printableLine } from '../../core/printable.ts';
import { type GatheredFacts, gatherGcFacts } from '../artifacts/gc-facts.ts';
import { openTeamStore, type TeamStore, teamOf } from '../artifacts/team-store.ts';
import type { Cli } from '../cli.ts';
import { size } from '../publish/publish-report.ts';
import { shortVersion } from '../runs/run-lines.ts';
import { collectText, parseDays } from '../runs/run-options.ts';
import { counted, renderTable } from '../table.ts';

interface Options {
  readonly env: string;
  readonly graceDays: number;
  readonly dags: readonly string[];
  readonly plan?: true;
}

const HEAD = ['', 'PROJECT', 'BRANCH', 'BUILD', 'SIZE', 'WHY'];

export function configure(command: Command, cli: () => Cli): void {
  command
    .option('--plan', 'print what would be deleted, and delete nothing')
    .option('--grace-days <n>', 'keep builds that are younger', parseDays, 30)
    .option(
      '--dags <folder>',
      'DAG files beside the dags of this repository; may be repeated',
      collectText,
      [],
    )
    .option('--env <environment>', 'environment whose store is cleaned', 'dev')
    .addHelpText(
      'after',
      `
Deletes builds of branches that origin does not have any more. Kept: what a DAG file names, what a DAG run of this
machine is pinned to, what is young, and builds of projects that are not of this repository. Releases, latest and its
history are never touched.

Examples:
  hermes artifacts gc --plan
  hermes artifacts gc --grace-days 7 --dags ../weather-airflow/dags`,
    )
    .action(async (options: Options) => collect(cli(), options));
}

async function collect(io: Cli, { env, graceDays, dags, plan: isPlan }: Options): Promise<void> {
  const { cwd: folder, signal } = io;
  const opened = await openTeamStore(io, teamOf(io, undefined), env);
  const git = await openGit({ folder, env: io.env, signal });
  const expected = readHermesYaml(folder)?.defaultBranch;
  const branches = await listRemoteBranches(git, expected);
  const gathered = await gatherGcFacts(io, opened, { git, branches, graceDays, dags });
  const plan = planGc(gathered.facts);
  io.print(
    `${opened.team} · ${env} · origin ${printableLine(branches.url)}, ${branches.refs.size === 1 ? '1 branch lives' : `${branches.refs.size} branches live`}`,
  );
  printPlan(io, plan.decisions, gathered);
  const planned = plan.decisions.filter(({ action }) => action === 'delete');
  if (isPlan === true || planned.length + plan.pointers.length === 0) {
    for (const decision of plan.decisions) io.object(asObject(opened, decision, false));
    if (io.quiet) for (const decision of planned) io.result(named(decision));
    io.print(
      isPlan === true && planned.length > 0 ? `Would delete ${amount(planned)}.` : 'Nothing to delete.',
    );
    return;
  }
  const { refs } = await listRemoteBranches(git, expected);
  const { deleted, revived } = await applyGc(opened.store, plan, refs, signal);
  for (const decision of plan.decisions) io.object(asObject(opened, decision, deleted.includes(decision)));
  if (io.quiet) for (const decision of deleted) io.result(named(decision));
  for (const decision of revived) io.print(`kept after all, its branch came back: ${named(decision)}`);
  io.print(`Deleted ${amount(deleted)}.`);
}

function printPlan(io: Cli, decisions: readonly GcDecision[], { foreign }: GatheredFacts): void {
  const rows = decisions.map(({ build, branch, ref, action, reason }) => [
    action,
    build.name.project,
    ref === undefined ? branch : printableLine(branchName(ref)),
    `${shortVersion(build.name.version)} ${build.name.version.slice(-8)}`,
    size(bytesOf([{ build }])),
    printableLine(reason),
  ]);
  if (rows.length > 0) for (const row of renderTable(HEAD, rows, io.columns)) io.print(row);
  if (foreign.length > 0) io.print(`left alone, no projects of this repository: ${foreign.join(', ')}`);
}

function asObject({ team, environment }: TeamStore, decision: GcDecision, isDeleted: boolean): object {
  const { build, ref, action, reason } = decision;
  return {
    team,
    environment,
    project: build.name.project,
    version: build.name.version,
    branch: ref === undefined ? null : branchName(ref),
    action,
    reason,
    files: build.keys.map(({ key }) => key),
    bytes: bytesOf([decision]),
    deleted: isDeleted,
  };
}

function named({ build }: GcDecision): string {
  return `${build.name.project} ${build.name.version}`;
}

function amount(decisions: readonly GcDecision[]): string {
  return `${counted(decisions.length, 'build')} (${size(bytesOf(decisions))})`;
}

function bytesOf(decisions: readonly Pick<GcDecision, 'build'>[]): number {
  return decisions.flatMap(({ build }) => build.keys).reduce((sum, { bytes }) => sum + bytes, 0);
}
