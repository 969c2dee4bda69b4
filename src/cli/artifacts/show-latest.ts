import { listBuilds, listProjects } from '../../artifacts/catalog.ts';
import { type History, readHistory } from '../../artifacts/history.ts';
import { projectKey } from '../../artifacts/keys.ts';
import type { Pointer } from '../../artifacts/manifest.ts';
import { ExitCode, HermesError } from '../../core/errors.ts';
import { compareVersions } from '../../core/pep440.ts';
import { printableLine } from '../../core/printable.ts';
import type { Cli } from '../cli.ts';
import { clip, counted, minuteText, renderTable } from '../table.ts';
import { openTeamStore, type TeamStore, unknownProject } from './team-store.ts';

export interface LatestQuestion {
  readonly team: string;
  readonly project: string;
  readonly environments: readonly string[];
  /** Entries of each history. */
  readonly limit: number;
}

/** What one environment answered; `error` when its store cannot be read. */
interface Standing {
  readonly environment: string;
  readonly opened?: TeamStore;
  readonly history: History;
  /** Versions that exist, those of branches included. */
  readonly builds: number;
  readonly error?: HermesError;
}

const HEAD = ['#', 'SINCE (UTC)', 'VERSION', '', 'WHY', 'MOVED BY'];
const NOTHING: History = { entries: [], total: 0 };

/**
 * Prints where `latest` of a project stands in each environment, why, and where it stood before. An environment that
 * cannot be read does not hide the others; its error is thrown at the end.
 * @throws ConfigError for a project that no environment has
 */
export async function showLatest(cli: Cli, question: LatestQuestion): Promise<void> {
  const standings = await Promise.all(question.environments.map((name) => readStanding(cli, question, name)));
  const unreadable = standings.find(({ error }) => error !== undefined)?.error;
  if (standings.every(({ builds }) => builds === 0))
    throw unreadable ?? (await unknownEverywhere(cli, question, standings));
  for (const standing of standings) cli.object(asObject(question, standing));
  if (cli.quiet) printQuietly(cli, standings);
  cli.print(`${cli.style('bold', question.project)} · team ${question.team}`);
  const width = Math.max(...standings.map(({ environment }) => environment.length));
  for (const standing of standings)
    for (const line of stateLines(standing, width)) cli.print(clip(`  ${line}`, cli.columns ?? Infinity));
  for (const standing of standings) printHistory(cli, standing, question.limit);
  if (unreadable !== undefined) throw unreadable;
}

async function readStanding(
  cli: Cli,
  { team, project, limit }: LatestQuestion,
  environment: string,
): Promise<Standing> {
  try {
    const opened = await openTeamStore(cli, team, environment);
    const [history, builds] = await Promise.all([
      readHistory(opened.store, { team, project }, limit, cli.signal),
      listBuilds(opened.store, `${projectKey(team, project)}/`, cli.signal),
    ]);
    return { environment, opened, history, builds: builds.length };
  } catch (error) {
    const isOfStore =
      error instanceof HermesError &&
      (error.exitCode === ExitCode.connection || error.exitCode === ExitCode.remote);
    if (!isOfStore) throw error;
    return { environment, history: NOTHING, builds: 0, error };
  }
}

async function unknownEverywhere(
  cli: Cli,
  { team, project, environments }: LatestQuestion,
  standings: readonly Standing[],
): Promise<HermesError> {
  const stores = standings.flatMap(({ opened }) => (opened === undefined ? [] : [opened.store]));
  const projects = await Promise.all(stores.map((store) => listProjects(store, team, cli.signal)));
  return unknownProject(team, project, environments.join(' and '), [...new Set(projects.flat())].sort());
}

function stateLines({ environment, history, builds, error }: Standing, width: number): string[] {
  const name = environment.padEnd(width);
  const indent = ' '.repeat(width);
  const [first] = history.entries;
  if (error !== undefined) return [`${name}   cannot be read: ${error.message}`];
  if (first === undefined) {
    const branches =
      builds === 0 ? 'nothing is published' : `no release; ${counted(builds, 'build')} of branches`;
    return [`${name}   ${branches}`];
  }
  const { version, commit, movedAt, movedBy, reason, floor } = first.pointer;
  return [
    `${name}   ${version}   since ${minuteText(movedAt)} UTC, commit ${commit.slice(0, 7)}`,
    `${indent}   moved by ${printableLine(movedBy)}: ${printableLine(reason)}`,
    ...(floor === undefined
      ? []
      : [`${indent}   held by a rollback: only a version above ${floor} moves latest again`]),
  ];
}

function printHistory(cli: Cli, { environment, history }: Standing, limit: number): void {
  if (history.total < 2) return;
  cli.print();
  cli.print(`latest in ${environment}, the newest first`);
  const rows = history.entries.map(({ sequence, pointer }) => [
    String(sequence),
    minuteText(pointer.movedAt),
    pointer.version,
    isDownwards(pointer) ? `back from ${pointer.previous}` : '',
    printableLine(pointer.reason),
    printableLine(pointer.movedBy),
  ]);
  const room = cli.columns === undefined ? Infinity : cli.columns - 2;
  for (const row of renderTable(HEAD, rows, room)) cli.print(`  ${row}`);
  const more = history.total - history.entries.length;
  if (more > 0) cli.print(`  and ${more} before them: --limit ${limit + more}`);
}

function isDownwards({ version, previous }: Pointer): boolean {
  return previous !== undefined && compareVersions(version, previous) < 0;
}

function printQuietly(cli: Cli, standings: readonly Standing[]): void {
  for (const { environment, history } of standings) {
    const version = history.entries[0]?.pointer.version;
    if (version !== undefined) cli.result(standings.length === 1 ? version : `${environment} ${version}`);
  }
}

function asObject(
  { team, project }: LatestQuestion,
  { environment, opened, history, error }: Standing,
): object {
  const entries = history.entries.map(({ sequence, pointer }) => ({
    sequence,
    version: pointer.version,
    commit: pointer.commit,
    previous: pointer.previous ?? null,
    since: pointer.movedAt,
    moved_by: pointer.movedBy,
    reason: pointer.reason,
    floor: pointer.floor ?? null,
    manifest: pointer.manifest,
  }));
  return {
    team,
    project,
    environment,
    store: opened?.store.url ?? null,
    latest: entries[0] ?? null,
    history: entries,
    moves: history.total,
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  };
}
