import type { Command } from 'commander';
import type { Environment } from '../../config/environment.ts';
import type { Cli } from '../cli.ts';
import { type PolicyText, readPolicyText } from '../policies/policy-file.ts';
import { reportPolicyCheck } from '../policies/policy-report.ts';
import { environmentOf, policyTeam, readTeamPolicy } from '../policies/team-policy.ts';

interface Options {
  readonly env: string;
  readonly file?: string;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[team]', 'by default the one of hermes.yaml')
    .option('--env <environment>', 'environment whose policy is checked', 'dev')
    .option('--file <file>', 'a definition in a file instead; no workspace is asked')
    .addHelpText(
      'after',
      `
Databricks stores any definition and refuses the first cluster that is made with a malformed one. Here every mistake
is found at once, and whether the cluster passes that Hermes makes for a task.

Examples:
  hermes policy check weather --env prod
  hermes policy check weather --file weather-dev.json`,
    )
    .action(async (team: string | undefined, options: Options) => {
      const io = cli();
      const environment = environmentOf(io, policyTeam(io, team, options.file), options.env);
      reportPolicyCheck(io, environment, await readText(io, environment, options.file));
    });
}

async function readText(io: Cli, environment: Environment, file: string | undefined): Promise<PolicyText> {
  if (file !== undefined) return readPolicyText(io.cwd, file);
  const { name, policyId, definition } = await readTeamPolicy(io, environment);
  return { name: `policy ${name}`, policyId, definition, isFile: false };
}
