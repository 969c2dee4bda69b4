import type { Command } from 'commander';
import type { DeployRecord } from '../../engines/airflow/deploy/deploy-record.ts';
import { DEPLOY_HEAD, deployObject, deployRow } from '../airflow/deploy-lines.ts';
import { openDeployPlace, type PlaceOptions } from '../airflow/deploy-place.ts';
import type { Cli } from '../cli.ts';
import { renderTable } from '../table.ts';

interface Options extends PlaceOptions {
  readonly all?: boolean;
}

const LISTED = 20;
const MARKS = { whole: '← stands', writing: '← at work, or cut short', edited: '← edited since', past: '' };

export function configure(command: Command, cli: () => Cli): void {
  command
    .option('--env <name>', 'environment whose deploys are listed', 'dev')
    .option('--to <place>', 'instead of airflow.<env>.dags of hermes.yaml')
    .option('--team <team>', 'by default the one of hermes.yaml')
    .option('--all', `all of them, not the last ${LISTED}`)
    .addHelpText('after', '\nExamples:\n  hermes airflow deploys\n  hermes airflow deploys --env prod --json')
    .action(async (options: Options) => list(cli(), options));
}

async function list(cli: Cli, options: Options): Promise<void> {
  const { home, team, environment, where } = await openDeployPlace(cli, options);
  const { current } = await home.read(team, cli.signal);
  const limit = options.all === true ? Infinity : LISTED;
  // One more, to know whether there are more.
  const history = await home.history(team, limit + 1, cli.signal);
  const isListed = history.some(({ number }) => number === current?.record.number);
  const begun = current === undefined || isListed ? [] : [current.record];
  const shown = [...begun, ...history.slice(0, limit)];
  const stateOf = ({ number }: DeployRecord) =>
    number === current?.record.number ? current.state : undefined;
  for (const record of shown) {
    const state = stateOf(record);
    cli.object({ ...deployObject(record), current: state !== undefined, state: state ?? null });
  }
  const rows = shown.map((record) => deployRow(record, MARKS[stateOf(record) ?? 'past']));
  if (rows.length === 0) {
    cli.note(
      `Nothing of team ${team} is deployed in ${environment} yet (${home.url}). To do it: hermes airflow deploy${where}`,
    );
    return;
  }
  for (const line of renderTable(DEPLOY_HEAD, rows, cli.columns)) cli.print(line);
  if (history.length > limit) cli.print('… and more: --all');
  if (current?.state === 'edited')
    cli.note('! Files that Airflow reads are not those of the deploy. To put them right, deploy again.');
  if (cli.quiet) for (const { number } of shown) cli.result(String(number));
}
