import type { ValueProblem } from '../src/core/schema-problems.ts';
import { didYouMean } from '../src/core/suggest.ts';
import type { TaskTables } from '../src/dag/task-tables.ts';
import type { TableReference } from './table-name.ts';

interface WrittenTables {
  readonly inputs?: readonly (string | TableReference)[] | undefined;
  readonly outputs?: readonly (string | TableReference)[] | undefined;
}

interface NamedTables extends WrittenTables {
  readonly parameters?: readonly (string | TableReference)[] | undefined;
}

/** The tables that a task says it reads and writes, each once; what is no list of names is left to the checks. */
export function declaredTables({ inputs, outputs }: WrittenTables): TaskTables {
  return { inputs: namesIn(inputs), outputs: namesIn(outputs) };
}

/**
 * Parameters that name a table which is neither read nor written by the task's own word: whether such a name gets the
 * read prefix cannot be told.
 */
export function undeclaredTables(taskId: string, options: NamedTables): ValueProblem[] {
  const { inputs, outputs } = declaredTables(options);
  const declared = [...inputs, ...outputs];
  return (options.parameters ?? []).flatMap((parameter, index) => {
    if (typeof parameter === 'string' || declared.includes(parameter.table)) return [];
    const name = parameter.table;
    const add = `Add it: inputs: [${[...inputs, name].join(', ')}] when the script reads it, outputs: [${[...outputs, name].join(', ')}] when it writes it.`;
    return [
      {
        path: ['parameters', index],
        part: 'value',
        message: `${taskId}.parameters.${index}: table ${name} is neither among the inputs nor among the outputs of the task.`,
        hint: didYouMean(name, declared) ?? add,
      },
    ];
  });
}

/** Tables that stand twice in the same list. */
export function doubleTables(taskId: string, options: WrittenTables): ValueProblem[] {
  return (['inputs', 'outputs'] as const).flatMap((list) => {
    const names = (options[list] ?? []).map((item) => (typeof item === 'string' ? item : item.table));
    return names.flatMap((name, index): ValueProblem[] => {
      if (names.indexOf(name) === index) return [];
      const message = `${taskId}.${list}: table ${name} stands there twice.`;
      return [{ path: [list, index], part: 'value', message, hint: 'Leave one out.' }];
    });
  });
}

function namesIn(list: readonly (string | TableReference)[] | undefined): string[] {
  if (!Array.isArray(list)) return [];
  const names = list.map((item: unknown) =>
    typeof item === 'object' && item !== null ? Reflect.get(item, 'table') : item,
  );
  return [...new Set(names.filter((name) => typeof name === 'string'))];
}
