import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { explainAttribute } from '../policies/explain-attribute.ts';
import { readPolicyText } from '../policies/policy-file.ts';
import { environmentOf, policyTeam, readTeamPolicy } from '../policies/team-policy.ts';

interface Options {
  readonly env: string;
  readonly file?: string;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('<team>', 'team whose policy speaks; may be left out inside a repository of it')
    .argument('[attribute]', 'path of an attribute, or path=value')
    .usage('[options] [team] <attribute>')
    .option('--env <environment>', 'environment whose policy is read', 'dev')
    .option('--file <file>', 'a policy or a definition in a file instead; no workspace is asked')
    .addHelpText(
      'after',
      `
With --quiet the verdict alone (allowed, refused, unknown), or the rule when no value is given.

Examples:
  hermes policy explain weather num_workers=8
  hermes policy explain num_workers=8 --file weather-dev.json
  hermes policy explain weather custom_tags.cost.center --env prod
  hermes policy explain weather spark_conf.spark.databricks.acl.needAdminPermissionToViewLogs`,
    )
    .action(async (first: string, second: string | undefined, { env, file }: Options) => {
      const io = cli();
      const [team, attribute] = second === undefined ? [undefined, first] : [first, second];
      const environment = environmentOf(io, policyTeam(io, team, file), env);
      const policy =
        file === undefined ? await readTeamPolicy(io, environment) : readPolicyText(io.cwd, file);
      explainAttribute(io, environment, policy, attribute);
    });
}
