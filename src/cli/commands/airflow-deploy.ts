import type { Command } from 'commander';
import { detectCi } from '../../../ci/detect-ci.ts';
import { ConfigError } from '../../core/errors.ts';
import { deploy } from '../../engines/airflow/deploy/deploy.ts';
import { type DeployPlan, planDeploy } from '../../engines/airflow/deploy/plan-deploy.ts';
import { deployedObject, deployLines, waiting } from '../airflow/deploy-lines.ts';
import { readDeployNote } from '../airflow/deploy-note.ts';
import { type DeployPlace, openDeployPlace, type PlaceOptions } from '../airflow/deploy-place.ts';
import { planVariables, type VariablesPlan, variableLines } from '../airflow/deploy-variables.ts';
import { deployableBuild } from '../airflow/deployable-build.ts';
import { refuseLostPlace } from '../airflow/lost-place.ts';
import type { Cli } from '../cli.ts';

interface Options extends PlaceOptions {
  readonly from?: string;
  readonly commit?: string;
  readonly plan?: boolean;
  readonly force?: boolean;
  readonly allowEmpty?: boolean;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[paths...]', 'DAG files, or folders that hold them (default: the folder dags)')
    .option('--env <name>', 'environment whose Airflow gets the DAGs', 'dev')
    .option(
      '--to <place>',
      'instead of airflow.<env>.dags of hermes.yaml: a folder, s3://… or git+https://…#branch',
    )
    .option(
      '--from <folder>',
      'deploy what `hermes airflow compile` left there; no code of the repository runs',
    )
    .option('--plan', 'only print what would change')
    .option('--commit <sha>', 'commit that is written down (default: the one that is checked out)')
    .option('--force', 'also an older commit, one that was rolled back, or another repository of the team')
    .option('--allow-empty', 'also when all DAGs of the team would disappear')
    .option('--team <team>', 'by default the one of hermes.yaml')
    .addHelpText(
      'after',
      `
Compiles the DAGs and puts them where the environment's Airflow reads them. With one mistake nothing is deployed. The same
build again does nothing; one that was cut short is completed.

Examples:
  hermes airflow deploy --plan
  hermes airflow deploy --env prod
  hermes airflow compile && hermes airflow deploy --from build --env prod`,
    )
    .action(async (paths: string[], options: Options) => run(cli(), paths, options));
}

async function run(cli: Cli, paths: readonly string[], options: Options): Promise<void> {
  const place = await openDeployPlace(cli, options);
  const ci = detectCi(cli.env);
  if (ci.kind === 'pull-request' && options.plan !== true) throw notMerged();
  if (ci.system !== 'hand' && options.plan !== true) refuseLostPlace(cli, place);
  const files = await deployableBuild(cli, paths, options);
  const { note, orderTo } = await readDeployNote(cli, options.commit);
  const { force = false, allowEmpty = false } = options;
  const { home, team, where } = place;
  const decide = async (standing: Parameters<typeof planDeploy>[1]): Promise<DeployPlan> => {
    const order = await orderTo(standing.current?.record.newest);
    return planDeploy({ team, files, note, order, force, allowEmpty, where }, standing);
  };
  if (place.isEmbedded && ci.system !== 'hand')
    cli.note(
      `! hermes.yaml names no airflow.${place.environment}.dags: the DAGs go to a folder of this machine only.`,
    );
  const variables = await planVariables(cli, place);
  if (options.plan === true) {
    report(cli, place, await decide(await home.read(team, cli.signal)), variables, false);
    return;
  }
  const plan = await deploy(home, team, decide, {
    clock: cli.clock,
    signal: cli.signal,
    onWait: waiting(cli),
    where,
    // DAGs find the variables that they were written for.
    prepare: async () => variables?.apply(),
  });
  report(cli, place, plan, variables, true);
}

/** CI that is set up by a slip must not deploy what nobody has agreed to. */
function notMerged(): ConfigError {
  return new ConfigError('Cannot deploy: this is the CI run of a pull request, which is not merged.', {
    code: 'HERMES_DEPLOY_PULL_REQUEST',
    nextStep: 'Deploy after the merge. What it would do shows: hermes airflow deploy --plan',
  });
}

function report(
  cli: Cli,
  place: DeployPlace,
  plan: DeployPlan,
  variables: VariablesPlan | undefined,
  isDone: boolean,
): void {
  cli.object(deployedObject(place, plan, isDone, variables?.changes));
  const { record } = plan.deploy;
  if (cli.quiet && isDone) cli.result(String(record.number));
  const set = variables === undefined ? [] : variableLines(cli, variables.changes);
  if (plan.kind === 'nothing') {
    for (const line of set) cli.print(line);
    const rest = set.length === 0 ? 'nothing to do' : 'nothing else to do';
    cli.print(`Deploy ${record.number} stands in ${place.environment} with the same DAGs: ${rest}.`);
    return;
  }
  for (const line of deployLines(cli, place, plan, set)) cli.print(line);
  if (!isDone) {
    cli.print('Nothing was deployed. To do it, leave --plan out.');
    return;
  }
  const what = plan.kind === 'finish' ? 'completed' : 'deployed';
  cli.print(`${cli.style('green', '✓')} ${what} as ${record.number} in ${place.environment}`);
  if (record.number > 1) cli.print(`Undo: hermes airflow rollback${place.where} --reason "…"`);
}
