import type { Command } from 'commander';
import { listProjects, listTeam, listVersions, type PublishedVersion } from '../../artifacts/catalog.ts';
import { printableLine } from '../../core/printable.ts';
import {
  checkProjectName,
  openTeamStore,
  type TeamStore,
  teamOf,
  unknownProject,
} from '../artifacts/team-store.ts';
import type { Cli } from '../cli.ts';
import { size } from '../publish/publish-report.ts';
import { shortVersion } from '../runs/run-lines.ts';
import { clip, minuteText, renderTable } from '../table.ts';

interface Options {
  readonly team?: string;
  readonly env: string;
}

const HEAD = ['VERSION', '', 'COMMIT', 'BUILT (UTC)', 'SIZE', 'WHO'];
const INDENT = 2;
const NAME_WIDTH = 20;

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[project]', 'a project of the team; all of them when none is named')
    .option('--env <environment>', 'environment whose store is read', 'dev')
    .option('--team <team>', 'by default the one of hermes.yaml')
    .addHelpText(
      'after',
      '\nExamples:\n  hermes artifacts list helloworld\n  hermes artifacts list --env prod\n  hermes artifacts list helloworld --json',
    )
    .action(async (project: string | undefined, options: Options) => list(cli(), project, options));
}

async function list(io: Cli, project: string | undefined, options: Options): Promise<void> {
  const opened = await openTeamStore(io, teamOf(io, options.team), options.env);
  const projects = await readProjects(io, opened, project);
  if (projects.size === 0) {
    io.note(
      `Nothing of team ${opened.team} is published in ${options.env} yet (${opened.store.url}). A push does it, or: hermes publish`,
    );
  }
  for (const [name, versions] of projects) {
    for (const version of versions) {
      io.object(asObject(opened, version));
      if (io.quiet) io.result(`${name} ${version.manifest.version}`);
    }
    io.print(io.style('bold', name));
    for (const row of lines(versions, io.columns)) io.print(`${' '.repeat(INDENT)}${row}`);
  }
}

async function readProjects(
  { signal }: Cli,
  { store, team, environment }: TeamStore,
  project: string | undefined,
): Promise<ReadonlyMap<string, readonly PublishedVersion[]>> {
  if (project === undefined) return listTeam(store, team, signal);
  checkProjectName(project);
  const versions = await listVersions(store, team, project, signal);
  if (versions.length > 0) return new Map([[project, versions]]);
  throw unknownProject(team, project, environment, await listProjects(store, team, signal));
}

/** Whole versions where there is room for them; on a narrow terminal those of branches without their hashes. */
function lines(versions: readonly PublishedVersion[], columns: number | undefined): string[] {
  const whole = renderTable(HEAD, versions.map(asRow));
  const room = columns === undefined ? Infinity : columns - INDENT;
  if (whole.every((line) => line.length <= room)) return whole;
  return renderTable(HEAD, versions.map(asShortRow), room);
}

function asRow({ manifest, bytes, branch, isLatest, isBranchHead }: PublishedVersion): string[] {
  const mark = isLatest ? 'latest' : isBranchHead ? `← ${printableLine(branch ?? '')}` : '';
  const who = clip(printableLine(manifest.author ?? ''), NAME_WIDTH);
  const built = minuteText(manifest.built_at);
  return [manifest.version, mark, manifest.commit.slice(0, 7), built, size(bytes), who];
}

function asShortRow(version: PublishedVersion): string[] {
  const [text = '', , ...rest] = asRow(version);
  const mark = version.isLatest ? 'latest' : version.isBranchHead ? 'newest' : '';
  return [shortVersion(text), mark, ...rest];
}

function asObject({ team, environment, store }: TeamStore, version: PublishedVersion): object {
  const { manifest, bytes, branch, isLatest, isBranchHead, key } = version;
  return {
    team,
    environment,
    ...manifest,
    bytes,
    branch: branch ?? null,
    latest: isLatest,
    branch_head: isBranchHead,
    url: `${store.url}/${key.slice(0, key.lastIndexOf('/'))}`,
  };
}
