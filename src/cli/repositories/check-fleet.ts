import { WorkFailedError } from '../../core/errors.ts';
import { hermesVersion } from '../../core/package-root.ts';
import { owningTeam } from '../../templates/answers.ts';
import type { Cli } from '../cli.ts';
import { clip } from '../table.ts';
import type { FleetOptions } from './fleet-options.ts';
import {
  type FleetReport,
  type RepositoryReport,
  reportFleet,
  reportLines,
  reportObject,
  totalsText,
} from './fleet-report.ts';
import { type EnvironmentBranches, limitedEnvironments, type MissingSetting } from './missing-settings.ts';
import { type OpenFleet, openFleet, surveyFleet, titleOf } from './open-fleet.ts';
import type { Survey } from './survey-repository.ts';
import { tellOthers } from './tell-others.ts';

/**
 * Looks at every repository and prints those that drifted.
 * @throws WorkFailedError when one did, or could not be read
 */
export async function checkFleet(cli: Cli, options: FleetOptions): Promise<void> {
  const open = await openFleet(cli, options);
  const surveys = await surveyFleet(open, options, cli.signal);
  const branches = options.deep === true ? await readBranches(open, surveys, cli.signal) : new Map();
  const report = reportFleet(surveys, { ...open, isNamed: options.only !== undefined, branches });
  for (const one of report.repositories) cli.object(reportObject(one));
  for (const { repository, trouble } of report.unreadable)
    cli.object({ repository: repository.name, trouble });
  printTable(cli, report);
  tellOthers(cli, report);
  cli.print(`${titleOf(open)}, Hermes ${hermesVersion}: ${totalsText(report)}`);
  refuseDrift(report, open);
}

function printTable(cli: Cli, { drifted, unreadable }: FleetReport): void {
  if (drifted.length > 0) {
    for (const line of reportLines(drifted, cli.columns)) cli.print(line);
    cli.print();
  }
  for (const { repository, trouble } of unreadable)
    cli.print(clip(`${cli.style('red', '✗')} ${repository.name}  ${trouble}`, cli.columns ?? Infinity));
}

function refuseDrift(report: FleetReport, { owner }: OpenFleet): void {
  const { repositories, drifted, unreadable, lost } = report;
  if (drifted.length + unreadable.length + lost.length === 0) return;
  const hasFiles = drifted.some(({ files }) =>
    files.some(({ state }) => ['behind', 'diverged'].includes(state)),
  );
  const name = owner === undefined ? '' : ` ${owner}`;
  const steps = [
    ...(hasFiles ? [`Offer the template to all of them: hermes repo update --all${name}`] : []),
    ...lacking(drifted, 'create').map((one) => createAgain(one, name)),
    ...lacking(drifted, 'settings/rules').map(
      ({ survey }) =>
        `A ruleset that stands is never overwritten; mend it on its page, as: ${survey.repository.webUrl}/settings/rules`,
    ),
    ...lacking(drifted, 'settings/environments').map(
      ({ survey }) =>
        `What an environment lets in is mended on its page, as: ${survey.repository.webUrl}/settings/environments`,
    ),
    ...(drifted.some(({ files }) => files.some(({ state }) => state === 'missing'))
      ? ['What a team deleted on purpose it notes down in a clone: hermes repo update']
      : []),
    ...(unreadable.length > 0 ? ['What could not be read is named above, each with its reason.'] : []),
  ];
  const what = [
    ...(drifted.length > 0 ? [`${drifted.length} of ${repositories.length} differ from their template`] : []),
    ...(lost.length > 0 ? [`${lost.length} not whole`] : []),
    ...(unreadable.length > 0 ? [`${unreadable.length} could not be read`] : []),
  ];
  throw new WorkFailedError(`Repositories are not all as they should be: ${what.join(', ')}.`, {
    code: 'HERMES_TEMPLATE_DRIFT',
    ...(steps.length > 0 ? { nextStep: steps.join('\n') } : {}),
  });
}

/** The first repository that lacks something which is mended there. */
function lacking(drifted: readonly RepositoryReport[], mend: MissingSetting['mend']): RepositoryReport[] {
  const found = drifted.find(({ missingSettings }) => missingSettings.some((one) => one.mend === mend));
  return found === undefined ? [] : [found];
}

/** Which branches the limited environments let in: GraphQL does not tell, so each takes a request. */
async function readBranches(
  { fleet }: OpenFleet,
  surveys: readonly Survey[],
  signal: AbortSignal,
): Promise<Map<string, EnvironmentBranches>> {
  const asked = surveys.map(async (survey) => {
    if (survey.is !== 'hermes') return [];
    const known = limitedEnvironments(survey).map(async (name) => {
      const branches = await fleet.readEnvironment(survey.repository, name, signal);
      return branches === undefined ? [] : [[name, branches] as const];
    });
    return [[survey.repository.name, new Map((await Promise.all(known)).flat())] as const];
  });
  return new Map((await Promise.all(asked)).flat());
}

/** A creation makes what its repository lacks. */
function createAgain({ survey: { repository, record } }: RepositoryReport, owner: string): string {
  const { team } = record.answers;
  const slug = owningTeam(record.answers) ?? team;
  const known = slug === team ? '' : ` --github-team ${slug}`;
  const words = `${repository.name} --team ${team}${known} --kind ${record.kind} --org${owner} --no-clone`;
  return `What is missing is made by the command that made the repository, as: hermes repo create ${words}`;
}
