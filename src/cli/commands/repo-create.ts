import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Home, resolveHome } from '../../config/home.ts';
import { ConfigError } from '../../core/errors.ts';
import { teamNameProblem } from '../../core/names.ts';
import { printableLine } from '../../core/printable.ts';
import { type Identity, resolveIdentity } from '../../github/git/identity.ts';
import { isCiDue } from '../../github/hook/ci-run.ts';
import type { CreationPlan } from '../../github/repository-host.ts';
import { visibilities } from '../../github/repository-settings.ts';
import { type TemplateKind, templateKinds } from '../../templates/answers.ts';
import type { Cli } from '../cli.ts';
import type { RepositoryRequest } from '../create-repository.ts';
import type { GitHubOptions, GitHubWish } from '../github/github-options.ts';
import { readGitHubDefaults } from '../github/platform-github.ts';
import { refuseGitHubOptions } from '../github/refuse-github-options.ts';
import { selfCommand } from '../self-command.ts';

interface Options extends GitHubOptions {
  readonly kind: TemplateKind;
  /** True without a folder. */
  readonly local?: string | true;
  readonly plan?: true;
  readonly to?: string;
  readonly clone: boolean;
  readonly ci: boolean;
}

export function configure(command: Command, openCli: () => Cli): void {
  command
    .argument('<name>', 'name of the repository: lower-case words joined by "-" or "_"')
    .option('--team <team>', 'team that owns it (default: the name, without "-airflow" at its end)')
    .addOption(new Option('--kind <kind>', 'template').choices(templateKinds).default('product'))
    .option('--plan', 'only say what would be made, call by call')
    .option('--to <folder>', 'where the clone goes (default: a folder of that name, here)')
    .option('--no-clone', 'make no clone')
    .optionsGroup('On GitHub:')
    .option('--org <organisation>', 'make it there (default: github.org of hermes.platform.yaml)')
    .option('--github-host <host>', 'a GitHub Enterprise: github.acme.com')
    .option('--github-team <slug>', 'team of the organisation that may push (default: --team)')
    .addOption(new Option('--visibility <who>', 'who may see it (default: private)').choices(visibilities))
    .option('--default-branch <branch>', "its name (default: the organisation's choice)")
    .option('--variable <name=value>', 'variable of CI; may be repeated', collect, [])
    .option(
      '--secret <name>',
      'secret of CI, from the variable NAME; NAME=- from stdin; may be repeated',
      collect,
      [],
    )
    .optionsGroup('On this machine:')
    .addOption(
      new Option('--local [folder]', 'make it on this machine, in the home of a folder').conflicts('org'),
    )
    .option('--no-ci', 'do not run CI for the first push')
    .addHelpText(
      'after',
      `
Without an organisation the repository is a bare one on this machine, with CI after each push. On GitHub it gets its
content in one commit, variables and secrets of CI, the environments dev and prod, the team, and rules for merging.
What is interrupted is finished by the same command; nothing is ever removed.

Examples:
  hermes repo create weather                     data products of team weather
  hermes repo create weather-airflow --kind airflow    the DAGs of team weather
  hermes repo create weather --org acme --plan
  hermes repo create weather --org acme --variable AWS_REGION=eu-west-1`,
    )
    .action(async (name: string, options: Options) => {
      const cli = openCli();
      // Git answers while the rest is loaded; its failure is told where the answer is needed.
      const identity = resolveIdentity(cli.cwd, { env: cli.env, signal: cli.signal });
      identity.catch(() => {});
      const request = await readRequest(cli, name, options, identity);
      const wish = await readWish(cli, request, options);
      await (wish === undefined ? onDisk(cli, request, options) : onGitHub(cli, request, wish, options));
    });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

async function readRequest(
  cli: Cli,
  name: string,
  options: Options,
  identity: Promise<Identity>,
): Promise<RepositoryRequest> {
  return withPlatform(cli, {
    name,
    team: options.team ?? name.replace(/-airflow$/, ''),
    kind: options.kind,
    ...(options.clone ? { folder: resolve(cli.cwd, options.to ?? name) } : {}),
    cwd: cli.cwd,
    date: cli.clock.now(),
    identity,
  });
}

/** A repository of DAGs holds the variables of its team, as far as the platform's file says them. */
async function withPlatform(cli: Cli, request: RepositoryRequest): Promise<RepositoryRequest> {
  if (request.kind !== 'airflow' || !hasSoundTeam(request)) return request;
  const { readPlatformContent } = await import('../enrol/platform-content.ts');
  const environments = await readPlatformContent(cli.cwd, request.team);
  const later = environments.flatMap(({ name, variable }) => (variable === undefined ? [name] : []));
  if (later.length > 0)
    cli.note(
      `The variable of ${later.join(' and ')} comes with its policy: hermes enrol ${request.team} --apply`,
    );
  return { ...request, environments };
}

/** A name that cannot be is told as such, and not as a mistake of the platform's file, in which it stands for `{team}`. */
function hasSoundTeam({ team }: RepositoryRequest): boolean {
  return teamNameProblem(team) === undefined;
}

/** Undefined when the repository is to be on this machine. */
async function readWish(
  cli: Cli,
  request: RepositoryRequest,
  options: Options,
): Promise<GitHubWish | undefined> {
  const team = hasSoundTeam(request) ? request.team : 'team';
  const defaults = options.local === undefined ? await readGitHubDefaults(cli.cwd, team) : undefined;
  if (defaults === undefined || (options.org ?? defaults.org) === undefined) {
    refuseGitHubOptions(request.name, options);
    return undefined;
  }
  if (!options.ci) throw ciIsGitHubs(request.name);
  const { resolveGitHubWish } = await import('../github/github-options.ts');
  const stdin = await readSecret(cli, options);
  return resolveGitHubWish(request, options, defaults, { env: cli.env, stdin });
}

/** What stdin holds, where a secret comes from there. */
async function readSecret(cli: Cli, { secret }: Options): Promise<string> {
  const asked = secret.find((word) => word.endsWith('=-'));
  if (asked === undefined) return '';
  const { readStdin } = await import('../read-stdin.ts');
  return readStdin(cli, `Value of the secret ${printableLine(asked.slice(0, -2))} (it is not shown): `);
}

function ciIsGitHubs(name: string): ConfigError {
  return new ConfigError(`Cannot create repository ${name} on GitHub: --no-ci is for this machine.`, {
    code: 'HERMES_ONLY_ON_DISK',
    nextStep: 'Leave it out, or make the repository on this machine: --local',
  });
}

async function onDisk(cli: Cli, request: RepositoryRequest, { local, plan, ci }: Options): Promise<void> {
  const [{ createDiskHost }, { createRepository, planContent }, { reportOnDisk }] = await Promise.all([
    import('../../github/disk-host.ts'),
    import('../create-repository.ts'),
    import('../repository-report.ts'),
  ]);
  const home = typeof local === 'string' ? homeOf(resolve(cli.cwd, local)) : cli.home;
  const host = createDiskHost(home, { env: cli.env, command: selfCommand() });
  const context = { env: cli.env, signal: cli.signal };
  if (plan === true) {
    const { wanted } = await planContent(request, context);
    return reportPlan(cli, await host.plan(wanted, cli.signal));
  }
  const created = await createRepository(request, host, context);
  const onLine = (line: string) => cli.print(`  ${line}`);
  const doesRun = ci && (created.isMade || isCiDue(host.lastCi(request.name, created.commit)));
  const ciRun = doesRun ? await host.runCi(request.name, created.commit, onLine, cli.signal) : undefined;
  reportOnDisk(cli, request, created, ciRun);
}

/** @throws ConfigError for a file, above which another home may be */
function homeOf(folder: string): Home {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== false) return resolveHome(folder, {});
  throw new ConfigError(`Cannot make a repository in ${printableLine(folder)}: it is no folder.`, {
    code: 'HERMES_NO_FOLDER',
    nextStep: 'Name a folder with --local, or none for the one you are in.',
  });
}

async function onGitHub(
  cli: Cli,
  request: RepositoryRequest,
  wish: GitHubWish,
  { plan }: Options,
): Promise<void> {
  const [{ createOnGitHub, planOnGitHub }, { stepLine, stepWidth }, { reportOnGitHub }, { findPushSignIn }] =
    await Promise.all([
      import('../github/create-on-github.ts'),
      import('../github/creation-lines.ts'),
      import('../repository-report.ts'),
      import('../../github/git/push-sign-in.ts'),
    ]);
  if (plan === true) return reportPlan(cli, await planOnGitHub(cli, request, wish));
  const width = stepWidth(wish.settings);
  let isFirst = true;
  const created = await createOnGitHub(cli, request, wish, (step) => {
    if (isFirst) cli.print(`${wish.org}/${request.name}`);
    isFirst = false;
    cli.print(stepLine(step, width));
  });
  const { folder } = request;
  const signIn =
    folder === undefined ? undefined : await findPushSignIn(folder, { env: cli.env, signal: cli.signal });
  reportOnGitHub(cli, request, created, signIn);
}

async function reportPlan(cli: Cli, plan: CreationPlan): Promise<void> {
  const { planLines } = await import('../github/creation-lines.ts');
  cli.object(plan);
  for (const line of planLines(plan)) cli.print(line);
  if (plan.steps.every(({ calls }) => calls.length === 0)) return;
  cli.print();
  cli.print('Nothing is made yet; to make it, leave out --plan.');
}
