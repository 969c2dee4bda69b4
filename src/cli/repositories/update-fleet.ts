import { HermesError, WorkFailedError } from '../../core/errors.ts';
import { CLOSED, type ProposalOutcome } from '../../github/fleet/repository-fleet.ts';
import { digestOf } from '../../github/fleet/update-mark.ts';
import { type Identity, resolveIdentity } from '../../github/git/identity.ts';
import { requireKnownAuthor } from '../../github/git/known-author.ts';
import type { Cli } from '../cli.ts';
import type { FleetOptions } from './fleet-options.ts';
import { type FleetReport, reportFleet, totalsText } from './fleet-report.ts';
import { type OpenFleet, openFleet, surveyFleet, titleOf } from './open-fleet.ts';
import { isOwnTrouble, type SurveyedRepository, surveyRepository } from './survey-repository.ts';
import { tellOthers } from './tell-others.ts';
import { updateLines, updateObjects, versionsText } from './update-lines.ts';
import { offerUpdate, type PreparedUpdate, prepareUpdate } from './update-repository.ts';
import { type UpdateTally, updateTotals } from './update-totals.ts';

/** What GitHub lets one write: some at once, then one a second, some hundreds an hour. */
const WRITES_EACH = 4;
const WRITES_AT_ONCE = 20;
const WRITES_AN_HOUR = 500;

/**
 * Offers the template of this Hermes to every repository that is behind. One that fails does not stop the others; run
 * again, it goes on where it ended.
 * @throws WorkFailedError when one failed
 */
export async function updateFleet(cli: Cli, options: FleetOptions, isPlan: boolean): Promise<void> {
  const open = await openFleet(cli, options);
  const identity = await resolveIdentity(cli.cwd, { env: cli.env, signal: cli.signal });
  if (!isPlan && open.owner !== undefined) requireKnownAuthor(identity);
  const surveys = await surveyFleet(open, options, cli.signal);
  const report = reportFleet(surveys, { ...open, isNamed: options.only !== undefined });
  const due = report.repositories.map(({ survey }) => survey).filter(isDue);
  if (!isPlan && open.owner !== undefined) tellPace(cli, due.length);
  const tallies = await updateAll(cli, open, due, isPlan ? undefined : identity);
  for (const { repository, trouble } of report.unreadable) tellTrouble(cli, repository.name, trouble);
  tellOthers(cli, report);
  cli.print(`${titleOf(open)}: ${totalsText(report)}`);
  cli.print(due.length === 0 ? 'Nothing to update.' : updateTotals(tallies));
  if (isPlan && due.length > 0) cli.print('Nothing was changed: this is the plan.');
  refuseFailures(tallies.filter(({ outcome }) => outcome === 'failed').length, report);
}

/** Whether an update would do something: change a file, or withdraw what was offered. */
function isDue({ plan, repository: { update } }: SurveyedRepository): boolean {
  const isBehind = plan.some(({ action }) => ['replace', 'add', 'merge', 'remove', 'widen'].includes(action));
  return isBehind || update?.state === 'open';
}

function tellPace(cli: Cli, count: number): void {
  const seconds = Math.max(0, count * WRITES_EACH - WRITES_AT_ONCE);
  if (seconds < 60) return;
  const hourly = Math.floor(WRITES_AN_HOUR / WRITES_EACH);
  const more = count > hourly ? ` It takes about ${hourly} an hour: run this again for the others.` : '';
  cli.note(
    `${count} repositories to update, about ${Math.ceil(seconds / 60)} minutes at the pace that GitHub allows.${more}`,
  );
}

/** @throws WorkFailedError when it is interrupted, which says that the same command goes on */
async function updateAll(
  cli: Cli,
  open: OpenFleet,
  due: readonly SurveyedRepository[],
  identity: Identity | undefined,
): Promise<UpdateTally[]> {
  const tallies: UpdateTally[] = [];
  try {
    for (const survey of due) tallies.push(await updateOne(cli, open, survey, identity));
    return tallies;
  } catch (error) {
    if (!cli.signal.aborted || !(error instanceof HermesError) || identity === undefined) throw error;
    const done = `${tallies.length} of ${due.length} repositories are done`;
    throw new WorkFailedError(`${error.message.replace(/\.$/, '')}: ${done}.`, {
      code: error.code,
      nextStep: 'Run the same command again: it goes on.',
    });
  }
}

async function updateOne(
  cli: Cli,
  { fleet }: OpenFleet,
  survey: SurveyedRepository,
  identity: Identity | undefined,
): Promise<UpdateTally> {
  const { signal, env } = cli;
  const repository = survey.repository.name;
  try {
    const whole = await surveyRepository(fleet, survey.repository, signal, true);
    if (whole.is !== 'hermes') return { repository, outcome: 'nothing', hasConflicts: false };
    const prepared = await prepareUpdate(fleet, whole, { env, signal });
    const proposed =
      identity === undefined ? foresee(prepared) : await offerUpdate(fleet, prepared, identity, signal);
    tell(cli, prepared, proposed);
    const { isDraft: hasConflicts } = prepared.description;
    return { repository, outcome: proposed?.outcome ?? 'planned', hasConflicts };
  } catch (error) {
    if (!isOwnTrouble(error, signal)) throw error;
    tellTrouble(cli, repository, error.message);
    return { repository, outcome: 'failed', hasConflicts: false };
  }
}

/** What an offer would find, as far as it is known without looking again. */
function foresee({ survey: { repository }, update }: PreparedUpdate): ProposalOutcome | undefined {
  const seen = repository.update;
  if (seen === undefined || seen.digest !== digestOf(update.changes)) return undefined;
  if (seen.state === 'open') return { outcome: 'current', url: seen.url };
  return seen.state === 'closed' ? { outcome: 'left', url: seen.url, reason: CLOSED } : undefined;
}

function tell(cli: Cli, { survey, update }: PreparedUpdate, proposed: ProposalOutcome | undefined): void {
  const { name } = survey.repository;
  const { from, to } = update;
  const outcome = proposed?.outcome ?? 'planned';
  const { url, reason } = proposed ?? {};
  cli.object({ repository: name, from, to, outcome, url, reason, files: updateObjects(update) });
  cli.print(`${name} · ${versionsText(update)}${proposed === undefined ? '' : ` · ${OUTCOMES[outcome]}`}`);
  if (reason !== undefined) cli.print(`  ${reason}`);
  if (outcome !== 'left') for (const line of updateLines(cli, update)) cli.print(line);
  if (url !== undefined) cli.print(`  ${url}`);
}

const OUTCOMES: Readonly<Record<ProposalOutcome['outcome'] | 'planned', string>> = {
  planned: 'planned',
  opened: 'offered',
  refreshed: 'what was offered is brought up to date',
  current: 'offered already',
  left: 'left alone',
  withdrawn: 'has caught up: what was offered is closed',
  nothing: 'nothing to do',
};

function tellTrouble(cli: Cli, repository: string, trouble: string): void {
  cli.object({ repository, trouble });
  cli.print(`${cli.style('red', '✗')} ${repository}  ${trouble}`);
}

function refuseFailures(failed: number, { unreadable }: FleetReport): void {
  const count = failed + unreadable.length;
  if (count === 0) return;
  throw new WorkFailedError(
    `Cannot update ${count === 1 ? '1 repository' : `${count} repositories`}: see above.`,
    {
      code: 'HERMES_UPDATE_FAILED',
      nextStep: 'Mend what is named, and run the same command again: what is done stays done.',
    },
  );
}
