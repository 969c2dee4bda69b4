import type { Command } from 'commander';
import { ConfigError } from '../../core/errors.ts';
import { chooseEarlier } from '../../engines/airflow/deploy/choose-earlier.ts';
import { deploy } from '../../engines/airflow/deploy/deploy.ts';
import { type DeployPlan, planRestore } from '../../engines/airflow/deploy/plan-deploy.ts';
import { deployedObject, deployLines, waiting } from '../airflow/deploy-lines.ts';
import { whoDeploys } from '../airflow/deploy-note.ts';
import { type DeployPlace, openDeployPlace, type PlaceOptions, placeWords } from '../airflow/deploy-place.ts';
import type { Cli } from '../cli.ts';

interface Options extends PlaceOptions {
  readonly reason: string;
  readonly plan?: boolean;
}

/** Deploys among which the one before with other DAGs is looked for. */
const LOOKED_THROUGH = 200;

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[deploy]', 'number of the deploy to put back (default: the one before whose DAGs differ)')
    .requiredOption('--reason <text>', 'why; kept with the deploy, for everybody to read')
    .option('--env <name>', 'environment whose Airflow goes back', 'dev')
    .option('--to <place>', 'instead of airflow.<env>.dags of hermes.yaml')
    .option('--plan', 'only print what would change')
    .option('--team <team>', 'by default the one of hermes.yaml')
    .addHelpText(
      'after',
      `
Puts the DAGs of an earlier deploy back, byte for byte, without a build. A second rollback goes one further back; the number
of the deploy that was left undoes it. CI deploys the next commit that changes the DAGs as usual, and refuses to bring back
those that were rolled back.

Examples:
  hermes airflow rollback --env prod --reason "the report runs twice"
  hermes airflow rollback 12 --env prod --reason "before the new schedule"`,
    )
    .action(async (wanted: string | undefined, options: Options) => run(cli(), wanted, options));
}

async function run(cli: Cli, wanted: string | undefined, options: Options): Promise<void> {
  const where = placeWords(options);
  const number = wanted === undefined ? undefined : deployNumber(wanted, where);
  const reason = options.reason.trim();
  if (reason === '')
    throw new ConfigError('Cannot roll back without a reason: --reason is empty.', {
      code: 'HERMES_NO_REASON',
      nextStep: 'Say in a few words why, for those who find the older DAGs.',
    });
  const place = await openDeployPlace(cli, options);
  const { home, team } = place;
  const note = { ...(await whoDeploys(cli)), reason };
  const first = await home.read(team, cli.signal);
  const record = chooseEarlier(
    await home.history(team, number === undefined ? LOOKED_THROUGH : Infinity, cli.signal),
    first.current?.record,
    number,
    where,
  );
  const files = await home.files(team, record, cli.signal);
  const decide = (standing: typeof first): DeployPlan => planRestore(team, { record, files }, note, standing);
  if (options.plan === true) return report(cli, place, decide(first), false);
  const waits = { clock: cli.clock, signal: cli.signal, onWait: waiting(cli), where };
  report(cli, place, await deploy(home, team, decide, waits), true, first.current?.record.number);
}

function report(cli: Cli, place: DeployPlace, plan: DeployPlan, isDone: boolean, left?: number): void {
  const { record } = plan.deploy;
  const { environment } = place;
  cli.object(deployedObject(place, plan, isDone));
  if (cli.quiet && isDone) cli.result(String(record.number));
  if (plan.kind === 'nothing') {
    cli.print(`These DAGs stand in ${environment} already, as deploy ${record.number}: nothing to do.`);
    return;
  }
  for (const line of deployLines(cli, place, plan)) cli.print(line);
  if (!isDone) {
    cli.print('Nothing was rolled back. To do it, leave --plan out.');
    return;
  }
  const back = `deploy ${record.restores} of ${environment} is back, as ${record.number}`;
  cli.print(`${cli.style('green', '✓')} ${back}`);
  cli.print(
    'CI deploys the next commit that changes the DAGs. What was rolled back it refuses to bring back.',
  );
  if (left !== undefined) cli.print(`Undo: hermes airflow rollback ${left}${place.where} --reason "…"`);
}

function deployNumber(text: string, where: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new ConfigError(`Cannot roll back to ${JSON.stringify(text)}: a deploy is named by its number.`, {
    code: 'HERMES_USAGE',
    nextStep: `See the numbers with: hermes airflow deploys${where}`,
  });
}
