import { join } from 'node:path';
import { findPythonFiles } from '../../engines/airflow/local/python-files.ts';
import type { Cli } from '../cli.ts';
import { counted } from '../table.ts';

const LISTED = 3;

/** Says of Python files among the DAG files that somebody else has to bring them to Airflow. */
export function notePythonFiles(cli: Cli): void {
  const { names } = findPythonFiles(join(cli.cwd, 'dags'));
  if (names.length === 0) return;
  const listed = names.slice(0, LISTED).map((name) => `dags/${name}`);
  const more = names.length > LISTED ? ', …' : '';
  const verb = names.length === 1 ? 'is' : 'are';
  cli.note(
    `? ${counted(names.length, 'Python file')} ${verb} not deployed by Hermes: ${listed.join(', ')}${more}. Who does it: docs/guides/airflow-python.md`,
  );
}
