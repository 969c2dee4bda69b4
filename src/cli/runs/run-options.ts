import { type Command, InvalidArgumentError } from 'commander';

/** Text of the RUN argument in help. */
export const RUN_ARGUMENT = 'a DAG run id, the id or link of a Databricks run, or `last`';

/** Text of `--env` where a run is looked for. */
export const ENV_OF_RUN =
  'environment that the run is in (default: the workspace of DATABRICKS_HOST, else dev)';

/** Collects an option that may be given several times. */
export function collectText(text: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, text];
}

/** A day or a time in ISO 8601; UTC unless it says otherwise. */
export function parseInstant(text: string): Date {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/.test(text);
  const zoned = isDay ? `${text}T00:00:00Z` : /(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`;
  const date = new Date(zoned);
  if ((!isDay && !isTime) || Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError('Write it as 2026-01-31 or 2026-01-31T06:00 (UTC).');
  }
  return date;
}

/** The id of a DAG run as Airflow takes it (`[scheduler] allowed_run_id_pattern`), at most 250 characters. */
export function parseRunId(text: string): string {
  if (!/^[A-Za-z0-9_.~:+-]{1,250}$/.test(text))
    throw new InvalidArgumentError('It must hold letters, digits and _ . ~ : + - only, at most 250.');
  return text;
}

/** A whole number from 1. */
export function parseCount(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}

/** A number of days from 0; parts of a day are fine. */
export function parseDays(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < 0)
    throw new InvalidArgumentError('It must be a number of days from 0.');
  return number;
}

/** What a person may choose for one run of a DAG. */
export interface DagChoices {
  readonly env: string;
  readonly logicalDate?: Date;
  /** `name=value` */
  readonly param: readonly string[];
  /** `task.option=value` */
  readonly set: readonly string[];
}

/** Adds the options of {@link DagChoices} to a command. */
export function addDagChoices(command: Command): Command {
  return command
    .option('--env <name>', 'environment to run in', 'dev')
    .option('--logical-date <date>', 'the day that {{ ds }} means (default: the present time)', parseInstant)
    .option('--param <name=value>', 'a value of {{ params.name }}; may be repeated', collectText, [])
    .option(
      '--set <task.option=value>',
      'another option of a task, for this run; may be repeated',
      collectText,
      [],
    );
}
