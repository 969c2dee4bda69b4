import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { detectCi } from '../../../ci/detect-ci.ts';
import { refreshLatestCopies } from '../../../ci/latest-copies.ts';
import { listProjects } from '../../artifacts/catalog.ts';
import type { Pointer } from '../../artifacts/manifest.ts';
import type { PointerMove } from '../../artifacts/pointer.ts';
import { readOnceStore } from '../../artifacts/read-once-store.ts';
import { parseRollbackTarget, rollback } from '../../artifacts/rollback.ts';
import { knownEnvironments } from '../../config/resolve-environment.ts';
import { ConfigError, HermesError } from '../../core/errors.ts';
import { compareVersions } from '../../core/pep440.ts';
import {
  checkProjectName,
  openTeamStore,
  type TeamStore,
  teamOf,
  unknownProject,
} from '../artifacts/team-store.ts';
import type { Cli } from '../cli.ts';

interface Options {
  readonly team?: string;
  readonly env: string;
  readonly to?: string;
  readonly reason: string;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('<project>', 'a project of the team')
    .requiredOption('--reason <text>', 'why; kept with the move, for everybody to read')
    .option('--to <version>', 'release that latest shall name (default: the lower one that stood before)')
    .option('--env <environment>', 'environment whose latest moves', 'dev')
    .option('--team <team>', 'by default the one of hermes.yaml')
    .addHelpText(
      'after',
      `
Moves latest at once, without a build. What CI publishes again up to the version that was left does not undo it; the
next higher version does. Runs that have begun keep what they were pinned to.

Examples:
  hermes artifacts rollback helloworld --env prod --reason "wrong units since 1.5.0"
  hermes artifacts rollback helloworld --env prod --to 1.5.0 --reason "it was the data, not the code"`,
    )
    .action(async (project: string, options: Options) => run(cli(), project, options));
}

async function run(io: Cli, project: string, { team, env, to, reason }: Options): Promise<void> {
  checkProjectName(project);
  const found = await openTeamStore(io, teamOf(io, team), env);
  const opened = { ...found, store: readOnceStore(found.store) };
  const name = { team: opened.team, project };
  const request = {
    ...name,
    ...(to === undefined ? {} : { to: parseRollbackTarget(project, to) }),
    note: { movedAt: io.clock.now().toISOString(), movedBy: whoMoves(io), reason: checkedReason(reason) },
  };
  const move = await rollback(opened.store, request, io.signal, io.clock).catch((error: unknown) =>
    rethrow(io, opened, project, error),
  );
  report(io, opened, project, move);
  await refreshLatestCopies(opened.store, name, io.signal, io.clock);
  if (move.kind === 'move') explain(io, opened, project, move.pointer);
}

function report(io: Cli, { team, environment, store }: TeamStore, project: string, move: PointerMove): void {
  const subject = { team, project, environment, store: store.url };
  if (move.kind === 'stay') {
    io.object({ ...subject, moved: false, reason: move.reason });
    io.print(`${project} in ${environment}: ${move.reason}`);
    return;
  }
  const { version, previous, commit, floor, reason, movedBy, sequence } = move.pointer;
  const from = previous ?? null;
  io.object({
    ...subject,
    moved: true,
    from,
    to: version,
    commit,
    floor: floor ?? null,
    reason,
    moved_by: movedBy,
    sequence,
  });
  if (io.quiet) io.result(version);
  io.print(`${io.style('green', '✓')} ${project} in ${environment}: latest ${previous} → ${version}`);
}

function explain(io: Cli, { environment }: TeamStore, project: string, pointer: Pointer): void {
  const { version, previous = '', floor } = pointer;
  const others = knownEnvironments(io.cwd).filter((name) => name !== environment);
  const env = environment === 'dev' ? '' : ` --env ${environment}`;
  io.print('  the copies under latest/ follow; runs that have begun keep their pins');
  if (floor !== undefined)
    io.print(`  held: CI moves latest again with a version above ${floor}, not with ${floor} itself`);
  if (others.length > 0) io.print(`  untouched: ${others.join(', ')}`);
  const undo = compareVersions(version, previous) < 0 ? 'Undo' : 'Back';
  io.print(`${undo}: hermes artifacts rollback ${project} --to ${previous}${env} --reason "…"`);
}

/** The person at the keyboard; in CI also the page of the run. */
function whoMoves({ env }: Cli): string {
  const { runUrl } = detectCi(env);
  return runUrl === undefined ? userName(env) : `${userName(env)} (${runUrl})`;
}

function userName(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no user has.
    return env.USER ?? `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

function checkedReason(reason: string): string {
  const text = reason.trim();
  if (text !== '') return text;
  throw new ConfigError('Cannot roll back without a reason: --reason is empty.', {
    code: 'HERMES_NO_REASON',
    nextStep: 'Say in a few words why, for those who find the older version.',
  });
}

/** A project that is not there at all is a slip of the keyboard, not a missing release. */
async function rethrow(
  { signal }: Cli,
  { store, team, environment }: TeamStore,
  project: string,
  error: unknown,
): Promise<never> {
  if (error instanceof HermesError && error.code === 'HERMES_NO_RELEASE') {
    const projects = await listProjects(store, team, signal);
    if (!projects.includes(project)) throw unknownProject(team, project, environment, projects);
  }
  throw error;
}
