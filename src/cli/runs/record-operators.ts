import { join } from 'node:path';
import { operators } from '../../../operators/registry.ts';
import { shownPath } from '../../core/nearest-file.ts';
import { ProblemsError } from '../../core/problems.ts';
import { operatorsFor } from '../../dag/hermes-config.ts';
import type { OperatorKind } from '../../dag/operator-kind.ts';
import type { RunRecord } from '../../engines/local/record/run-record.ts';
import type { Cli } from '../cli.ts';

/** The operators that the DAG of a recorded run could use, those of its repository's `hermes.config.ts`, too. */
export async function operatorsOf(cli: Cli, record: RunRecord): Promise<readonly OperatorKind[]> {
  const beside = join(record.folder, 'any.dag.ts');
  const shown = (path: string): string => shownPath(path, cli.cwd);
  const loaded = await operatorsFor(beside, { operators, cwd: record.folder }, shown);
  if (loaded.problems.length > 0) throw new ProblemsError(loaded.problems);
  return loaded.operators;
}
