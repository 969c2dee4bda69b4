import { z } from 'zod';
import { isPlainText, parseTemplate } from '../src/core/jinja/syntax.ts';
import { projectNameProblem, scriptNameProblem, teamNameProblem } from '../src/core/names.ts';
import { parseVersion } from '../src/core/pep440.ts';
import type { TaskOptions } from '../src/dag/task-options.ts';
import { spelledOut, withSecrets } from './jinja-text.ts';
import { type TableReference, tableNameProblem } from './table-name.ts';

/** What a `HermesOperator` takes beside the options of every task. */
export interface HermesOptions extends TaskOptions {
  /** Team that pays for the run and sees its logs. @defaultValue the DAG's team */
  readonly team?: string;
  /** Project, a folder of the team's repository. */
  readonly projectName: string;
  /** @defaultValue the project's name */
  readonly scriptName?: string;
  /** `latest`, a version, or a branch such as `feature/my-branch` (development only). @defaultValue `latest` */
  readonly scriptVersion?: string;
  /** Absent = the wheel of the script's own version, when it has one; `none` = no wheel; else a version. */
  readonly libraryVersion?: string;
  /** Arguments of the script: texts, in which Jinja may stand, and tables: `['--day', '{{ ds }}', table('market.listings')]`. @defaultValue [] */
  readonly parameters?: readonly (string | TableReference)[];
  /** Tables that the script reads, as `database.table`. @defaultValue [] */
  readonly inputs?: readonly (string | TableReference)[];
  /** Tables that the script writes; never one of production. @defaultValue [] */
  readonly outputs?: readonly (string | TableReference)[];
  /** In development, lets the script read production's data by its read prefix. @defaultValue true */
  readonly useDataSharing?: boolean;
  /** Other groups that may see the run and its logs. @defaultValue [] */
  readonly viewAccessControlList?: readonly string[];
  /** Ends the run on Databricks after this time. @defaultValue no limit */
  readonly timeoutSeconds?: number;
  /** Environment variables of the script; Jinja may stand in them. @defaultValue {} */
  readonly env?: Readonly<Record<string, string>>;
}

/** https://docs.databricks.com/api/workspace/jobs/runnow: parameters are ASCII, at most 10,000 bytes as JSON. */
const MAX_PARAMETER_BYTES = 10_000;
const RESERVED_VARIABLE = /^(HERMES_|DD_)/;

function checked(problem: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const message = problem(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

const tableReference = z.strictObject({
  table: checked(tableNameProblem).describe('database.table, without a read prefix'),
});
const tableList = z.array(z.union([checked(tableNameProblem), tableReference]));

/** The keys of {@link HermesOptions} as files write them; one schema for TypeScript and YAML. */
export const hermesOptionsSchema = z.strictObject({
  team: checked(teamNameProblem)
    .optional()
    .describe('Team that pays for the run and sees its logs (default: the team of the DAG)'),
  project_name: checked(projectNameProblem).describe('Project, a folder of the repository of the team'),
  script_name: checked(scriptNameProblem).optional().describe('Script of the project (default: its name)'),
  script_version: checked(versionProblem)
    .optional()
    .describe('latest, a version, or a branch such as feature/my-branch (default latest)'),
  library_version: checked(libraryProblem)
    .optional()
    .describe('none, or a version (default: the wheel of the same version as the script, when there is one)'),
  parameters: z
    .array(z.union([checked(parameterProblem), tableReference]))
    .superRefine((parameters, context) => {
      const bytes = Buffer.byteLength(JSON.stringify(parameters));
      const message = `${bytes} bytes as JSON are too many; Databricks takes at most ${MAX_PARAMETER_BYTES}. Put large values into a file (hermes upload).`;
      if (bytes > MAX_PARAMETER_BYTES) context.addIssue({ code: 'custom', message });
    })
    .optional()
    .describe(
      'Arguments of the script: texts, in which Jinja may stand, and tables as {table: market.listings}',
    ),
  inputs: tableList.optional().describe('Tables that the script reads, as database.table'),
  outputs: tableList.optional().describe('Tables that the script writes, as database.table'),
  use_data_sharing: z
    .boolean()
    .optional()
    .describe('In development, lets the script read the data of production (default true)'),
  view_access_control_list: z
    .array(checked(groupProblem))
    .optional()
    .describe('Other groups that may see the run and its logs'),
  timeout_seconds: z.int().positive().optional().describe('Ends the run on Databricks after this time'),
  env: z
    .record(checked(variableProblem), checked(textProblem))
    .optional()
    .describe('Environment variables of the script'),
});

export type HermesSettings = z.infer<typeof hermesOptionsSchema>;

/** A version, `latest`, or a branch as git allows it; whether it exists is known only when it is resolved. */
function versionProblem(text: string): string | undefined {
  const wrong = `${JSON.stringify(text)} is no version and no name of a branch`;
  if (text.includes('{{'))
    return `${wrong}: a template cannot stand here, since versions are resolved before the first task.`;
  // https://git-scm.com/docs/git-check-ref-format
  const refused = /[\s\p{Cc}~^:?*[\\]/u.exec(text);
  if (refused !== null) return `${wrong}: git refuses ${JSON.stringify(refused[0])} in it.`;
  return text.length === 0 || text.length > 250 || /\.\.|^[-/]|[/.]$|\.lock$|\/\/|@\{/.test(text)
    ? `${wrong}.`
    : undefined;
}

function libraryProblem(text: string): string | undefined {
  if (text === 'none' || parseVersion(text) !== undefined) return undefined;
  return `${JSON.stringify(text)} is neither none nor a version. Leave it out for the wheel that belongs to the script.`;
}

function textProblem(text: string): string | undefined {
  const strange = /[^\t\n\r\x20-\x7e]/u.exec(text);
  if (strange !== null)
    return `${JSON.stringify(strange[0])} is refused: Databricks takes ASCII only. Pass such a text in a file.`;
  if (text.includes('[object Object]'))
    return `${JSON.stringify(text)} holds an object. A table() stands alone, an element of its own: ['--source', table('…')].`;
  if (text.endsWith('.json-tpl'))
    return `${JSON.stringify(text)} is refused: Airflow reads a text that ends in .json-tpl as the name of a template file.`;
  return templateProblem(text);
}

/** https://docs.databricks.com/aws/en/security/secrets/secrets-spark-conf-env-var */
function parameterProblem(text: string): string | undefined {
  return /\{\{\s*secrets\//.test(text)
    ? `${JSON.stringify(text)} is refused: Databricks fills in a secret in environment variables only. Put it under env, and read it in the script.`
    : textProblem(text);
}

function templateProblem(text: string): string | undefined {
  if (isPlainText(text)) return undefined;
  try {
    parseTemplate(spelledOut(withSecrets(text)));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function groupProblem(group: string): string | undefined {
  if (group.trim() !== group || group === '') return `${JSON.stringify(group)} is no name of a group.`;
  return /^[^{}%\p{Cc}]{1,255}$/u.test(group)
    ? undefined
    : `${JSON.stringify(group)} is no name of a group: at most 255 characters, without {, } and %.`;
}

function variableProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    return `${JSON.stringify(name)} is no name of an environment variable: letters, digits and "_", not a digit first.`;
  return RESERVED_VARIABLE.test(name)
    ? `The environment variable ${name} is refused: Hermes sets those that begin with HERMES_ and DD_.`
    : undefined;
}
