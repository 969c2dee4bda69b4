import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { readSourceFile } from '../core/file-trouble.ts';
import { nearestFile, shownPath } from '../core/nearest-file.ts';
import { type Problem, ProblemsError } from '../core/problems.ts';
import { findSourceProblems, placeProblem } from '../core/schema-problems.ts';
import { parseJsonSource, type SourceDocument } from '../core/source-document.ts';
import { type TeamVariable, teamVariableName } from './environment.ts';
import { findBrokenRules, teamVariableSchema } from './team-variable.ts';

const FOLDER = 'variables';

/** The content of `variables/<environment>.json`. */
export interface VariablesFile {
  /** Every Airflow variable of the environment, as JSON gives it. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The team's own variable; absent when the file holds none for any team. */
  readonly teamVariable?: TeamVariable;
}

/** Names of the environments that the nearest `variables` folder describes. */
export function describedEnvironments(folder: string): string[] {
  const path = nearestFile(folder, FOLDER);
  if (path === undefined) return [];
  return readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .map((name) => basename(name, '.json'))
    .sort();
}

/**
 * Reads `variables/<environment>.json` of the Airflow repository around `folder`.
 * @param shownFrom Problems name the file as seen from there.
 * @returns undefined when there is no such file.
 * @throws ProblemsError with every mistake in the file or in the team's variable.
 */
export function readVariables(
  folder: string,
  environment: string,
  team: string,
  shownFrom: string = folder,
): VariablesFile | undefined {
  if (!describedEnvironments(folder).includes(environment)) return undefined;
  const path = join(nearestFile(folder, FOLDER) ?? FOLDER, `${environment}.json`);
  const file = shownPath(path, shownFrom);
  const { documents, problems } = parseJsonSource(file, readSourceFile(path, file));
  const [document] = documents;
  if (document === undefined) throw new ProblemsError(problems);
  const found = fileProblems(document, environment, team);
  if (found.length > 0) throw new ProblemsError(found);
  const variables = document.value as Record<string, unknown>;
  const own = variables[teamVariableName(team)];
  return own === undefined ? { variables } : { variables, teamVariable: teamVariableSchema.parse(own) };
}

function fileProblems(document: SourceDocument, environment: string, team: string): Problem[] {
  const name = teamVariableName(team);
  const content = z.record(z.string(), z.unknown()).safeParse(document.value);
  if (!content.success) return findSourceProblems(z.record(z.string(), z.unknown()), document);
  if (content.data[name] === undefined) {
    const others = Object.keys(content.data).filter((key) => key.startsWith('hermes_'));
    return others.length === 0 ? [] : [absentProblem(document, name, others)];
  }
  const found = findSourceProblems(z.looseObject({ [name]: teamVariableSchema }), document, {
    kindOfKey: () => 'a key of a team variable',
  });
  const variable = teamVariableSchema.safeParse(content.data[name]);
  return variable.success ? ruleProblems(document, name, variable.data, environment) : found;
}

function absentProblem(document: SourceDocument, name: string, others: readonly string[]): Problem {
  return placeProblem(
    {
      path: [others[0] ?? ''],
      part: 'key',
      message: `The variable ${name} is missing. Team variables here: ${others.join(', ')}.`,
    },
    document,
  );
}

/** Values that must agree with each other and with the file's name. */
function ruleProblems(
  document: SourceDocument,
  name: string,
  variable: TeamVariable,
  environment: string,
): Problem[] {
  const named = `= ${JSON.stringify(variable.environment)} does not agree with the file's name: ${environment}.`;
  return [
    ...(variable.environment === environment ? [] : [{ key: 'environment', message: named }]),
    ...findBrokenRules(variable),
  ].map(({ key, message }) =>
    placeProblem({ path: [name, key], part: 'value', message: `${name}.${key} ${message}` }, document),
  );
}
