import type { Environment } from '../src/config/environment.ts';
import { didYouMean } from '../src/core/suggest.ts';
import type { TaskTables } from '../src/dag/task-tables.ts';

/** A table that an environment refuses, and the smallest edit that passes. */
export interface TableProblem {
  /** As it was written. */
  readonly table: string;
  readonly message: string;
  readonly hint: string;
}

/** What the rules need to know of an environment. */
export type TableRules = Pick<Environment, 'name' | 'teamVariable' | 'readPrefixes'>;

/**
 * What an environment says against the tables of a task. A run may write in the Products zone only: no database of
 * production, whichever environment's read prefix leads there, and none outside `products_databases` where the
 * platform names them. Names are written without a prefix: Hermes adds it where it belongs. Pure.
 */
export function findTableProblems(
  taskId: string,
  { inputs, outputs }: TaskTables,
  rules: TableRules,
): TableProblem[] {
  return [
    ...inputs.flatMap((name) => prefixedInput(taskId, name, rules)),
    ...outputs.flatMap((name) => refusedOutput(taskId, name, rules)),
  ];
}

function prefixedInput(taskId: string, name: string, rules: TableRules): TableProblem[] {
  const found = prefixOf(name, rules);
  if (found === undefined) return [];
  const message = `Task "${taskId}" reads ${name}, which begins with ${found.prefix}, the read prefix of ${found.environment}.`;
  return [
    {
      table: name,
      message,
      hint: `Write ${bare(name, found.prefix)}: Hermes adds the prefix where it belongs.`,
    },
  ];
}

function refusedOutput(taskId: string, name: string, rules: TableRules): TableProblem[] {
  const found = prefixOf(name, rules);
  if (found !== undefined) {
    const message = `Task "${taskId}" writes ${name}, which belongs to production: ${found.prefix} is the read prefix of ${found.environment}, and what is read there is never written.`;
    return [
      { table: name, message, hint: `Write ${bare(name, found.prefix)}: each environment has its own.` },
    ];
  }
  const { products_databases: databases } = rules.teamVariable;
  const database = databaseOf(name);
  if (databases === undefined || databases.includes(database)) return [];
  const message = `Task "${taskId}" writes ${name}, outside of the Products zone. Databases of ${rules.name} that the team may write: ${databases.join(', ') || 'none'}.`;
  return [{ table: name, message, hint: didYouMean(database, databases) ?? otherDatabase(name, databases) }];
}

function otherDatabase(name: string, [first]: readonly string[]): string {
  return first === undefined
    ? 'Ask the platform team for a database.'
    : `Write ${first}${name.slice(name.indexOf('.'))}, or ask the platform team for the database.`;
}

/** The longest read prefix with which a name begins, and the environment whose it is. */
function prefixOf(
  name: string,
  { readPrefixes }: TableRules,
): { readonly prefix: string; readonly environment: string } | undefined {
  const [found] = Object.entries(readPrefixes)
    .filter(([prefix]) => databaseOf(name).startsWith(prefix))
    .sort(([a], [b]) => b.length - a.length);
  return found === undefined ? undefined : { prefix: found[0], environment: found[1] };
}

function databaseOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}

function bare(name: string, prefix: string): string {
  const rest = name.slice(prefix.length);
  return rest.startsWith('.') ? 'the name without it' : rest;
}
