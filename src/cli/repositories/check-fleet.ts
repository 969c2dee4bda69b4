import { WorkFailedError } from '../../core/errors.ts';
import { hermesVersion } from '../../core/package-root.ts';
import type { Cli } from '../cli.ts';
import { clip, renderTable } from '../table.ts';
import type { FleetOptions } from './fleet-options.ts';
import {
  type FleetReport,
  REPORT_HEAD,
  type RepositoryReport,
  reportFleet,
  reportObject,
  reportRow,
  totalsText,
} from './fleet-report.ts';
import { type OpenFleet, openFleet, surveyFleet, titleOf } from './open-fleet.ts';

/**
 * Looks at every repository and prints those that drifted.
 * @throws WorkFailedError when one did, or could not be read
 */
export async function checkFleet(cli: Cli, options: FleetOptions): Promise<void> {
  const open = await openFleet(cli, options);
  const report = reportFleet(await surveyFleet(open, options, cli.signal), open.defaultBranch);
  for (const one of report.repositories) cli.object(reportObject(one));
  for (const { repository, trouble } of report.unreadable)
    cli.object({ repository: repository.name, trouble });
  printTable(cli, report);
  cli.print(`${titleOf(open)}, Hermes ${hermesVersion}: ${totalsText(report)}`);
  refuseDrift(report, open);
}

function printTable(cli: Cli, { drifted, unreadable }: FleetReport): void {
  if (drifted.length > 0) {
    for (const line of renderTable(REPORT_HEAD, drifted.map(reportRow), cli.columns)) cli.print(line);
    cli.print();
  }
  for (const { repository, trouble } of unreadable)
    cli.print(clip(`${cli.style('red', '✗')} ${repository.name}  ${trouble}`, cli.columns ?? Infinity));
}

function refuseDrift({ repositories, drifted, unreadable }: FleetReport, { owner }: OpenFleet): void {
  if (drifted.length === 0 && unreadable.length === 0) return;
  const hasFiles = drifted.some(({ files }) =>
    files.some(({ state }) => ['behind', 'diverged'].includes(state)),
  );
  const name = owner === undefined ? '' : ` ${owner}`;
  const steps = [
    ...(hasFiles ? [`Offer the template to all of them: hermes repo update --all${name}`] : []),
    ...drifted
      .filter(({ missingSettings }) => missingSettings.some((setting) => !isRule(setting)))
      .slice(0, 1)
      .map((one) => createAgain(one, name)),
    ...drifted
      .filter(({ missingSettings }) => missingSettings.some(isRule))
      .slice(0, 1)
      .map(
        ({ survey }) =>
          `A check is added to a ruleset on its page, as: ${survey.repository.webUrl}/settings/rules`,
      ),
    ...(drifted.some(({ files }) => files.some(({ state }) => state === 'missing'))
      ? ['What a team deleted on purpose it notes down in a clone: hermes repo update']
      : []),
    ...(unreadable.length > 0 ? ['What could not be read is named above, each with its reason.'] : []),
  ];
  const what = [
    ...(drifted.length > 0 ? [`${drifted.length} of ${repositories.length} differ from their template`] : []),
    ...(unreadable.length > 0 ? [`${unreadable.length} could not be read`] : []),
  ];
  throw new WorkFailedError(`Repositories are not all as they should be: ${what.join(', ')}.`, {
    code: 'HERMES_TEMPLATE_DRIFT',
    ...(steps.length > 0 ? { nextStep: steps.join('\n') } : {}),
  });
}

/** What a creation leaves as it stands. */
function isRule(setting: string): boolean {
  return setting.startsWith('check ');
}

/** A creation makes what its repository lacks. */
function createAgain({ survey: { repository, record } }: RepositoryReport, owner: string): string {
  const { team } = record.answers;
  const words = `${repository.name} --team ${team} --kind ${record.kind} --org${owner} --no-clone`;
  return `What is missing is made by the command that made the repository, as: hermes repo create ${words}`;
}
