import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Environment } from '../../config/environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { type JsonObject, parseJson } from '../../core/json.ts';
import { teamOf } from '../artifacts/team-store.ts';
import type { Cli } from '../cli.ts';
import { type PolicyText, reportPolicyCheck } from '../policies/policy-report.ts';
import { environmentOf, readTeamPolicy } from '../policies/team-policy.ts';

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
      const environment = environmentOf(io, teamOf(io, team), options.env);
      reportPolicyCheck(io, environment, await readText(io, environment, options.file));
    });
}

async function readText(io: Cli, environment: Environment, file: string | undefined): Promise<PolicyText> {
  if (file === undefined) {
    const { name, policyId, definition } = await readTeamPolicy(io, environment);
    return { name: `policy ${name}`, policyId, definition, isFile: false };
  }
  let text: string;
  try {
    text = readFileSync(resolve(io.cwd, file), 'utf8');
  } catch (error) {
    throw new ConfigError(`Cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`, {
      code: 'HERMES_POLICY_FILE',
      nextStep: 'Name a file that holds a policy definition: a JSON object of path → element.',
    });
  }
  const policy = wholePolicy(text);
  const policyId = 'the-file';
  return policy ?? { name: file, policyId, definition: text, isFile: true };
}

/** The definition inside of a policy, as `policy show --json` and the API of the workspace write it. */
function wholePolicy(text: string): PolicyText | undefined {
  try {
    const { name, definition, policyId = 'the-file' } = parseJson(text) as JsonObject;
    if (typeof name !== 'string' || typeof definition !== 'string') return undefined;
    return { name: `policy ${name}`, policyId: String(policyId), definition, isFile: false };
  } catch {
    return undefined;
  }
}
