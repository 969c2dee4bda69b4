import { resolve } from 'node:path';
import type { Command } from 'commander';
import { uploadFile } from '../../artifacts/upload-file.ts';
import { markHome } from '../../config/home.ts';
import { resolveEnvironment, resolveTeam } from '../../config/resolve-environment.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Cli } from '../cli.ts';
import { size } from '../publish/publish-report.ts';

interface Options {
  readonly team?: string;
  readonly as?: string;
  readonly env: string;
  readonly replace?: boolean;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('<file>', 'a CSV or any other file')
    .option('--team <team>', 'team that may read it; by default the one of hermes.yaml')
    .option('--as <name>', "name of the upload; by default the file's own")
    .option('--env <environment>', 'environment whose runs may read it', 'dev')
    .option('--replace', 'overwrite other content of that name')
    .addHelpText(
      'after',
      [
        '',
        'A script finds the file by hermes_runtime.input_path(NAME), or by the URL that is printed. Production takes no uploads: there, data comes from pipelines.',
        '',
        'Examples:',
        '  hermes upload stations.csv',
        '  hermes run helloworld -- --input "$(hermes upload stations.csv --quiet)"',
        '  hermes upload ~/data/"my file.csv" --as stations.csv --replace',
      ].join('\n'),
    )
    .action(async (file: string, options: Options) => upload(cli(), file, options));
}

async function upload(io: Cli, file: string, options: Options): Promise<void> {
  const { cwd: folder, home } = io;
  const team = resolveTeam({ folder, ...(options.team === undefined ? {} : { team: options.team }) });
  const environment = resolveEnvironment({ name: options.env, team, folder, home });
  if (environment.production) {
    throw new ConfigError(
      `Cannot upload to ${environment.name}: production takes no uploads, its data comes from pipelines.`,
      {
        code: 'HERMES_UPLOAD_PRODUCTION',
        nextStep: 'Upload to development (--env dev), or have the data ingested by a pipeline.',
      },
    );
  }
  if (!environment.embedded) {
    throw new ConfigError(
      `Cannot upload to ${environment.name}: uploads go to embedded environments only in this build.`,
      {
        code: 'HERMES_UPLOAD_UNAVAILABLE',
        facts: { store: environment.artifacts },
        nextStep: 'Copy the file to a place that the team may read, and give its URL to the script.',
      },
    );
  }
  markHome(home);
  const uploaded = await uploadFile({
    file: resolve(folder, file),
    folder: home.uploads(team),
    ...(options.as === undefined ? {} : { name: options.as }),
    replace: options.replace === true,
  });
  io.object({ ...uploaded, team, environment: environment.name });
  io.note(
    `${uploaded.name}: ${size(uploaded.bytes)}, ${uploaded.outcome}, for team ${team} in ${environment.name}. A script finds it by hermes_runtime.input_path('${uploaded.name}'), or by this URL:`,
  );
  io.result(uploaded.url);
}
