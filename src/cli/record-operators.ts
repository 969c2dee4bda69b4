import { join } from 'node:path';
import { operators } from '../../operators/registry.ts';
import { shownPath } from '../core/nearest-file.ts';
import { ProblemsError } from '../core/problems.ts';
import { findHermesConfig, loadHermesConfig } from '../dag/hermes-config.ts';
import type { OperatorKind } from '../dag/operator-kind.ts';
import type { RunRecord } from '../engines/local/run-record.ts';
import type { Cli } from './cli.ts';

/** The operators that the DAG of a recorded run could use, those of its repository's `hermes.config.ts`, too. */
export async function operatorsOf(cli: Cli, record: RunRecord): Promise<readonly OperatorKind[]> {
  const config = findHermesConfig(join(record.folder, 'any.dag.ts'), record.folder);
  if (config === undefined) return operators;
  const loaded = await loadHermesConfig(config, operators, (path) => shownPath(path, cli.cwd));
  if (loaded.problems.length > 0) throw new ProblemsError(loaded.problems);
  return loaded.operators;
}
