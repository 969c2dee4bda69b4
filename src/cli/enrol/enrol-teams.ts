import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import type { GitHubDefaults } from '../../config/github-defaults.ts';
import { HermesError } from '../../core/errors.ts';
import { resolveIdentity } from '../../github/git/identity.ts';
import { requireKnownAuthor } from '../../github/git/known-author.ts';
import type { Cli } from '../cli.ts';
import { applyTeam } from './apply-team.ts';
import type { TeamOutcome } from './enrol-lines.ts';
import type { Enroller } from './enroller.ts';
import { openPlace } from './open-place.ts';
import type { PlatformEnvironments } from './platform-environments.ts';
import { airflowRepository, isEnrolled, planTeam } from './team-plan.ts';
import { readTeamRepository } from './team-repository.ts';

/** Git works on the disk; more at once would wait for each other. */
const TEAMS_AT_ONCE = 4;
const NOTHING_WANTED: GitHubDefaults = { variables: { product: {}, airflow: {} } };

/**
 * Plans, and carries out, what the teams lack. A team that fails keeps no other from being enrolled.
 * @param doApply False = a plan: nothing is made, neither here nor in a workspace.
 * @throws ConfigError when commits would go to GitHub, and git does not know whose they are
 * @param org The organisation on GitHub; without it that of the platform's file, else this machine.
 */
export async function enrolTeams(
  cli: Cli,
  teams: readonly string[],
  platform: PlatformEnvironments,
  doApply: boolean,
  org?: string,
): Promise<TeamOutcome[]> {
  const { cwd, clock } = cli;
  const place = await openPlace(cli, teams, org, platform.githubOf ?? (() => NOTHING_WANTED));
  if (doApply && place.onGitHub !== undefined) requireKnownAuthor(await resolveIdentity(cwd, place.context));
  const enroller: Enroller = {
    ...place,
    cwd,
    makePolicy: platform.makePolicy,
    now: () => clock.now(),
  };
  let done = 0;
  const tell = ({ team, enrolled, error }: TeamOutcome): void => {
    done += 1;
    const isDone = enrolled === undefined || isEnrolled(enrolled.plan);
    const how = error !== undefined ? 'failed' : isDone ? 'had everything' : 'is enrolled';
    if (doApply && teams.length > 1) cli.note(`${done} of ${teams.length}: ${team} ${how}`);
  };
  const scratch = mkdtempSync(join(tmpdir(), 'hermes-enrol-'));
  try {
    return await pMap(
      teams,
      async (team) => {
        const outcome = await enrolOne(team, join(scratch, team), platform, enroller, doApply);
        tell(outcome);
        return outcome;
      },
      { concurrency: TEAMS_AT_ONCE },
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function enrolOne(
  team: string,
  folder: string,
  platform: PlatformEnvironments,
  enroller: Enroller,
  doApply: boolean,
): Promise<TeamOutcome> {
  let outcome: TeamOutcome = { team };
  try {
    const found = await readTeamRepository(team, airflowRepository(team), folder, enroller);
    const plan = await planTeam(team, platform.wantedBy(team), found);
    outcome = { team, plan };
    if (!doApply || isEnrolled(plan)) return outcome;
    const enrolled = await applyTeam(plan, folder, enroller);
    return { team, plan: enrolled.plan, enrolled };
  } catch (error) {
    if (enroller.context.signal.aborted || !(error instanceof HermesError)) throw error;
    return { ...outcome, error };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
