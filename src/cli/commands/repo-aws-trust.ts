import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import writeFileAtomic from 'write-file-atomic';
import type { PolicyDocument } from '../../github/aws/policy-document.ts';
import { templateKinds } from '../../templates/answers.ts';
import type { Cli } from '../cli.ts';
import { jobsOf, permissionPolicies, trustPolicies } from '../github/role-policies.ts';
import {
  type RoleEnvironment,
  roleEnvironments,
  type TrustOptions,
  type TrustTarget,
  trustPlace,
  trustTarget,
} from '../github/trust-request.ts';
import { shellWord } from '../shell-word.ts';

export function configure(command: Command, openCli: () => Cli): void {
  command
    .argument('[name]', 'the repository (default: the one of this folder)')
    .option('--org <org>', 'its organisation on GitHub (default: that of this clone)')
    .addOption(new Option('--env <environment>', 'the role of one environment').choices(roleEnvironments))
    .option('--account <id>', 'AWS account of the role, 12 digits')
    .addOption(new Option('--kind <kind>', 'template of the repository').choices(templateKinds))
    .option('--org-id <id>', 'number of the organisation; with --repo-id nobody is asked')
    .option('--repo-id <id>', 'number of the repository')
    .option(
      '--by-name',
      'an older repository, whose tokens carry no numbers in their subject; nobody is asked',
    )
    .option('--github-host <host>', 'of GitHub Enterprise, as github.acme.com')
    .option('--permissions', 'print what the role may do, instead of who may take it')
    .option('--store <url>', 'with --permissions: where it writes (default: what hermes.yaml says)')
    .option('--team <team>', 'with --permissions: whose folder (default: the team of this clone)')
    .option('--out <file>', 'write to a file')
    .addHelpText(
      'after',
      `
Prints the policies of the AWS roles that CI on GitHub takes: of development and of production. The trust policy lets in
one repository, by the numbers that its tokens carry: pushes of branches to development, the environment prod to
production. Write it after the repository stands; a name is no number.

Examples:
  hermes repo aws-trust weather --org acme --account 123456789012
  hermes repo aws-trust weather --org acme --account 123456789012 --env prod --out trust.json
  hermes repo aws-trust --account 123456789012          in a clone: nothing has to be named
  hermes repo aws-trust weather --env prod --permissions --team weather --store s3://acme-hermes-prod`,
    )
    .action(async (name: string | undefined, options: TrustOptions) => {
      const cli = openCli();
      const target = await trustTarget(cli, name, options);
      const policyOf =
        options.permissions === true
          ? permissionPolicies(cli, target, options.store)
          : await trustPolicies(cli, target, await trustPlace(cli, target, options));
      for (const environment of target.environments) {
        report(cli, target, environment, options, policyOf(environment));
      }
    });
}

function report(
  cli: Cli,
  target: TrustTarget,
  environment: RoleEnvironment,
  { out, permissions }: TrustOptions,
  policy: PolicyDocument,
): void {
  const { name, kind } = target;
  const what = permissions === true ? 'permissions' : 'trust';
  const text = `${JSON.stringify(policy, undefined, 2)}\n`;
  cli.object({
    repository: name,
    kind,
    environment,
    [what]: policy,
    ...(out === undefined ? {} : { file: out }),
  });
  if (out === undefined) cli.result(text);
  else writeFileAtomic.sync(resolve(cli.cwd, out), text);
  cli.note(noteOf(target, environment, what, out));
}

function noteOf(
  target: TrustTarget,
  environment: RoleEnvironment,
  what: string,
  out: string | undefined,
): string {
  const { name, kind } = target;
  const role = `${name}-${environment}`;
  const from =
    jobsOf(target, environment) === 'branches'
      ? 'pushes of its branches'
      : `jobs in its environment ${environment}`;
  if (what === 'permissions') return `What the role ${role} may do.`;
  const variable = `HERMES_${environment.toUpperCase()}_ROLE`;
  return [
    `Who may take the role ${role}: ${name} (${kind}), ${from}.`,
    ...(out === undefined
      ? []
      : [
          `  aws iam create-role --role-name ${role} --assume-role-policy-document ${shellWord(`file://${out}`)}`,
          `  then set its ARN as the variable ${variable} of the repository`,
        ]),
  ].join('\n');
}
