import type { Command } from 'commander';
import { ConfigError } from '../../core/errors.ts';
import { parsePolicyDefinition } from '../../databricks/policy/parse-policy.ts';
import { isEditedPolicy } from '../../engines/local/plan/enrol.ts';
import type { Cli } from '../cli.ts';
import { ruleLines, sampleLines } from '../policies/policy-lines.ts';
import { environmentOf, policyTeam, readTeamPolicy, sampleCluster } from '../policies/team-policy.ts';
import { counted } from '../table.ts';

/** Under the policy's name. */
const EDITED =
  'Edited by somebody: no longer the rules that Hermes made, and Hermes leaves it so. Delete it to have those again.';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[team]', 'by default the one of hermes.yaml')
    .option('--env <environment>', 'environment whose policy is read', 'dev')
    .addHelpText(
      'after',
      `
With --json the object holds the definition as the workspace keeps it; dag plan and dag check take it as --policy.
With --quiet the definition alone.

Examples:
  hermes policy show weather
  hermes policy show weather --env prod --json > weather-prod.policy.json`,
    )
    .action(async (team: string | undefined, { env }: { env: string }) => show(cli(), team, env));
}

async function show(io: Cli, given: string | undefined, env: string): Promise<void> {
  const environment = environmentOf(io, policyTeam(io, given), env);
  const { team } = environment;
  const policy = await readTeamPolicy(io, environment);
  const { rules, problems } = parsePolicyDefinition(policy.definition);
  const sample =
    rules === undefined ? undefined : sampleCluster(environment, policy.policyId, rules, io.clock.now());
  const isEdited = environment.embedded && isEditedPolicy(policy, { team, environment: env });
  const facts = { team, environment: env, edited: isEdited };
  io.object({ ...policy, ...facts, rules: rules?.all ?? null, problems, hermes: sample });
  if (io.quiet) io.result(policy.definition);
  const style = io.style.bind(io);
  const family = policy.familyId === undefined ? [] : [`family ${policy.familyId}`];
  io.print(
    [style('bold', policy.name), env, `team ${team}`, `policy ${policy.policyId}`, ...family].join(' · '),
  );
  if (isEdited) io.print(style('dim', EDITED));
  if (rules === undefined || sample === undefined) {
    throw new ConfigError(
      `Cannot use policy ${policy.name}: its definition is malformed: ${problems[0]?.message}`,
      {
        code: 'HERMES_POLICY_MALFORMED',
        nextStep: `See everything that is wrong with it: hermes policy check ${team} --env ${env}`,
      },
    );
  }
  const mistakes = problems.filter(({ severity }) => severity === 'error').length;
  if (mistakes > 0)
    io.note(`! ${counted(mistakes, 'mistake')} in it, see: hermes policy check ${team} --env ${env}`);
  for (const line of ruleLines(rules.all, style)) io.print(line);
  for (const line of sampleLines(sample, style)) io.print(line);
}
