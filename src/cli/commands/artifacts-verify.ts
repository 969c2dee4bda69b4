import type { Command } from 'commander';
import { branchName, listProjects } from '../../artifacts/catalog.ts';
import { type Inventory, takeInventory } from '../../artifacts/inventory.ts';
import { type PointerOwner, projectKey } from '../../artifacts/keys.ts';
import type { CheckedPointer } from '../../artifacts/verify.ts';
import { WorkFailedError } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import {
  checkProjectName,
  openTeamStore,
  type TeamStore,
  teamOf,
  unknownProject,
  unknownVersion,
} from '../artifacts/team-store.ts';
import { type ProjectCheck, verifyProject } from '../artifacts/verify-project.ts';
import type { Cli } from '../cli.ts';
import { size } from '../publish/publish-report.ts';
import { counted } from '../table.ts';

interface Options {
  readonly team?: string;
  readonly env: string;
}

interface Line {
  readonly subject: string;
  readonly version?: string;
  readonly detail: string;
  readonly problems: readonly string[];
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[project]', 'a project of the team; all of them when none is named')
    .argument('[version]', 'latest, a version, or a branch; all of them when none is named')
    .option('--env <environment>', 'environment whose store is read', 'dev')
    .option('--team <team>', 'by default the one of hermes.yaml')
    .addHelpText(
      'after',
      `
Reads every file and compares size and SHA-256 with the manifest; checks that latest names a version that is there,
that its history has no gap, and that the copies under latest/ are of that version. Exit code 1 when anything differs.

Examples:
  hermes artifacts verify
  hermes artifacts verify helloworld latest --env prod`,
    )
    .action(async (project: string | undefined, version: string | undefined, options: Options) => {
      const io = cli();
      const opened = await openTeamStore(io, teamOf(io, options.team), options.env);
      await verify(io, opened, project, version);
    });
}

async function verify(io: Cli, opened: TeamStore, project?: string, version?: string): Promise<void> {
  const inventories = await readInventories(io, opened, project);
  const lines: Line[] = [];
  for (const inventory of inventories) {
    const check = await verifyProject(opened, inventory, version, io.signal);
    if (version !== undefined && check.versions.length + check.pointers.length === 0)
      throw unknownVersion(inventory.project, version, opened.environment, versionsOf(inventory));
    io.print(`${io.style('bold', check.project)} · ${opened.environment}`);
    const own = linesOf(check);
    const width = Math.max(...own.map(({ subject }) => subject.length));
    for (const line of own) report(io, opened, check.project, line, width);
    for (const { name, keys } of check.unfinished)
      io.print(
        `  - ${name.version}  ${counted(keys.length, 'file')} without a manifest: an unfinished publish, no version`,
      );
    lines.push(...own);
  }
  const bad = lines.filter(({ problems }) => problems.length > 0);
  if (bad.length > 0) throw damaged(bad.length, lines.length, opened);
  io.print(`${counted(lines.length, 'check')}, nothing differs`);
}

async function readInventories(
  { signal }: Cli,
  { store, team, environment }: TeamStore,
  project: string | undefined,
): Promise<Inventory[]> {
  if (project === undefined) return takeInventory(store, `${team}/`, signal);
  checkProjectName(project);
  const found = await takeInventory(store, `${projectKey(team, project)}/`, signal);
  if (found.length > 0) return found;
  throw unknownProject(team, project, environment, await listProjects(store, team, signal));
}

function linesOf({ versions, pointers }: ProjectCheck): Line[] {
  return [
    ...versions.map(({ build, files, bytes, problems }) => ({
      subject: build.version,
      version: build.version,
      detail: `${counted(files, 'file')}, ${size(bytes)}`,
      problems,
    })),
    ...pointers.toSorted(ownFirst).map(({ owner, version, moves, problems }) => ({
      subject: owner.branch === undefined ? 'latest' : `head of ${branchOf(owner, versions)}`,
      ...(version === undefined ? {} : { version }),
      detail: `${version ?? ''}${moves > 0 ? `, ${counted(moves, 'move')}` : ''}`,
      problems,
    })),
  ];
}

/** The branch as its author wrote it, where a manifest tells. */
function branchOf({ branch }: PointerOwner, versions: ProjectCheck['versions']): string {
  const ref = versions.find(({ build }) => build.branch === branch)?.manifest?.ref;
  return ref === undefined ? (branch ?? '') : printableLine(branchName(ref));
}

function ownFirst({ owner: a }: CheckedPointer, { owner: b }: CheckedPointer): number {
  return Number(a.branch !== undefined) - Number(b.branch !== undefined);
}

function report(io: Cli, { team, environment }: TeamStore, project: string, line: Line, width: number): void {
  const { subject, version, detail, problems } = line;
  const isWhole = problems.length === 0;
  io.object({ team, environment, project, subject, version: version ?? null, ok: isWhole, problems });
  const mark = isWhole ? io.style('green', '✓') : io.style('red', '✗');
  const words = isWhole ? detail : problems.map(printableLine).join('; ');
  io.print(`  ${mark} ${subject.padEnd(width)}  ${words}`);
  if (!isWhole && io.quiet) io.result(`${project} ${subject}: ${words}`);
}

function versionsOf({ builds }: Inventory): string[] {
  return builds.filter(({ isPublished }) => isPublished).map(({ name }) => name.version);
}

function damaged(count: number, of: number, { store, environment }: TeamStore): WorkFailedError {
  return new WorkFailedError(`Cannot vouch for ${environment}: ${count} of ${counted(of, 'check')} failed.`, {
    code: 'HERMES_VERIFY',
    facts: { store: store.url },
    nextStep:
      'Tell the owner of the store that somebody changed it. Move latest away from a damaged version: hermes artifacts rollback',
  });
}
