import type { Command } from 'commander';
import { teamOf } from '../artifacts/team-store.ts';
import type { Cli } from '../cli.ts';
import { explainAttribute } from '../policies/explain-attribute.ts';
import { environmentOf, readTeamPolicy } from '../policies/team-policy.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('<team>', 'team whose policy speaks')
    .argument('<attribute>', 'path of an attribute, or path=value')
    .option('--env <environment>', 'environment whose policy is read', 'dev')
    .addHelpText(
      'after',
      `
Examples:
  hermes policy explain weather num_workers=8
  hermes policy explain weather custom_tags.cost.center --env prod
  hermes policy explain weather spark_conf.spark.databricks.acl.needAdminPermissionToViewLogs`,
    )
    .action(async (team: string, attribute: string, { env }: { env: string }) => {
      const io = cli();
      const environment = environmentOf(io, teamOf(io, team), env);
      explainAttribute(io, environment, await readTeamPolicy(io, environment), attribute);
    });
}
