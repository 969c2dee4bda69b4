import type { Command } from 'commander';
import { DEPLOY_HEAD, deployObject, deployRow } from '../airflow/deploy-lines.ts';
import { openDeployPlace, type PlaceOptions } from '../airflow/deploy-place.ts';
import type { Cli } from '../cli.ts';
import { renderTable } from '../table.ts';

interface Options extends PlaceOptions {
  readonly all?: boolean;
}

const LISTED = 20;

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
  const { home, team, environment } = await openDeployPlace(cli, options);
  const { current } = await home.read(team, cli.signal);
  const limit = options.all === true ? Infinity : LISTED;
  // One more, to know whether there are more.
  const history = await home.history(team, limit + 1, cli.signal);
  const shown = history.slice(0, limit);
  const standing = current?.record.number;
  const marks = { whole: '← stands', writing: '← being written', edited: '← edited since' };
  const rows = shown.map((record) =>
    deployRow(record, record.number === standing && current !== undefined ? marks[current.state] : ''),
  );
  for (const record of shown)
    cli.object({
      ...deployObject(record),
      current: record.number === standing,
      state: record.number === standing ? current?.state : null,
    });
  if (current !== undefined && !history.some(({ number }) => number === standing))
    rows.unshift(deployRow(current.record, '← cut short'));
  if (rows.length === 0) {
    cli.note(
      `Nothing of team ${team} is deployed in ${environment} yet (${home.url}). To do it: hermes airflow deploy --env ${environment}`,
    );
    return;
  }
  for (const line of renderTable(DEPLOY_HEAD, rows, cli.columns)) cli.print(line);
  if (history.length > shown.length) cli.print('… and more: --all');
  if (current?.state === 'edited')
    cli.note('! Files that Airflow reads are not those of the deploy. To put them right, deploy again.');
  if (cli.quiet) for (const { number } of shown) cli.result(String(number));
}
