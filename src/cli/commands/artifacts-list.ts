import type { Command } from 'commander';
import { listProjects, listVersions, type PublishedVersion } from '../../artifacts/catalog.ts';
import { openStore } from '../../artifacts/open-store.ts';
import { resolveEnvironment, resolveTeam } from '../../config/resolve-environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { Cli } from '../cli.ts';
import { size } from '../publish-report.ts';

interface Options {
  readonly team?: string;
  readonly env: string;
}

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
  const { cwd: folder, home, signal } = io;
  const team = resolveTeam({ folder, ...(options.team === undefined ? {} : { team: options.team }) });
  const { artifacts } = resolveEnvironment({ name: options.env, team, folder, home });
  const store = await openStore(artifacts);
  const projects = await listProjects(store, team, signal);
  if (project !== undefined && !projects.includes(project))
    throw unknownProject(team, project, options.env, projects);
  if (projects.length === 0) {
    io.note(
      `Nothing of team ${team} is published in ${options.env} yet (${store.url}). A push does it, or: hermes publish`,
    );
  }
  for (const name of project === undefined ? projects : [project]) {
    const versions = await listVersions(store, team, name, signal);
    for (const version of versions) {
      io.object(asObject(team, options.env, store.url, version));
      if (io.quiet) io.result(`${name} ${version.manifest.version}`);
    }
    io.print(io.style('bold', name));
    for (const row of table(versions.map(asRow))) io.print(`  ${row}`);
  }
}

function asRow({ manifest, bytes, branch, isLatest, isBranchHead }: PublishedVersion): string[] {
  const marks = [
    ...(isLatest ? ['latest'] : []),
    ...(isBranchHead ? [`← ${printableLine(branch ?? '')}`] : []),
  ];
  const built = manifest.built_at.slice(0, 16).replace('T', ' ');
  return [manifest.version, manifest.commit.slice(0, 7), built, size(bytes), marks.join(' ')];
}

function asObject(team: string, environment: string, store: string, version: PublishedVersion): object {
  const { manifest, bytes, branch, isLatest, isBranchHead, key } = version;
  const url = `${store}/${key.slice(0, key.lastIndexOf('/'))}`;
  return {
    team,
    environment,
    ...manifest,
    bytes,
    branch: branch ?? null,
    latest: isLatest,
    branch_head: isBranchHead,
    url,
  };
}

function table(rows: readonly (readonly string[])[]): string[] {
  const head = ['VERSION', 'COMMIT', 'BUILT (UTC)', 'SIZE', ''];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
}

function unknownProject(
  team: string,
  project: string,
  environment: string,
  projects: readonly string[],
): ConfigError {
  const known = projects.length === 0 ? 'nothing of it is published' : `there are ${projects.join(', ')}`;
  const hint = didYouMean(project, projects);
  return new ConfigError(`Cannot find project ${project} of team ${team} in ${environment}: ${known}.`, {
    code: 'HERMES_UNKNOWN_PROJECT',
    ...(hint === undefined ? {} : { nextStep: hint }),
  });
}
