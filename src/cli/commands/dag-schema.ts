import { join } from 'node:path';
import type { Command } from 'commander';
import { operators } from '../../../operators/registry.ts';
import { shownPath } from '../../core/nearest-file.ts';
import { ProblemsError } from '../../core/problems.ts';
import { dagJsonSchema } from '../../dag/dag-json-schema.ts';
import { operatorsFor } from '../../dag/hermes-config.ts';
import type { Cli } from '../cli.ts';

export function configure(command: Command, openCli: () => Cli): void {
  command
    .addHelpText(
      'after',
      `
For editors, which complete and check *.dag.yaml by it. Knows the operators of the repository's hermes.config.ts.

Examples:
  hermes dag schema > .hermes/dag.schema.json`,
    )
    .action(async () => {
      const cli = openCli();
      const shown = (path: string): string => shownPath(path, cli.cwd);
      const found = await operatorsFor(
        join(cli.cwd, 'dags', 'any.dag.yaml'),
        { operators, cwd: cli.cwd },
        shown,
      );
      if (found.problems.length > 0) throw new ProblemsError(found.problems);
      const schema = dagJsonSchema(found.operators);
      cli.object(schema);
      cli.result(JSON.stringify(schema, null, 2));
    });
}
