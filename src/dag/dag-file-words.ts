import type { ProblemWords } from '../core/schema-problems.ts';
import type { OperatorKind } from './operator-kind.ts';
import { taskOptionsShape } from './task-options.ts';

/** How paths and keys of a DAG file read in a message: `report.script_version`, `an option of HermesOperator`. */
export function dagFileWords(operators: readonly OperatorKind[]): ProblemWords {
  return {
    shownPath: (path) => {
      const [first, task, key, ...rest] = path.map(String);
      if (first !== 'tasks' || task === undefined) return path.map(String).join('.');
      const isOperator = operators.some((kind) => kind.key === key) && rest.length > 0;
      return [task, ...(key === undefined || isOperator ? [] : [key]), ...rest].join('.');
    },
    kindOfKey: (path) => {
      if (path.length === 0) return 'an option of a DAG';
      const kind = operators.find(({ key }) => key === path[2]);
      if (kind === undefined) return 'an option of a task';
      return path.length > 3 ? 'a key here' : `an option of ${kind.operatorName}`;
    },
    hintForKey: (path, key) => {
      if (path[0] !== 'tasks') return undefined;
      if (['depends_on', 'upstream', 'needs'].includes(key))
        return 'Write after: [task, …], beside the operator.';
      if (path.length === 3 && key in { after: true, ...taskOptionsShape })
        return `It stands beside ${String(path[2])}, not in it.`;
      const kind = operators.find(({ schema }) => key in schema.shape);
      return path.length === 2 && kind !== undefined ? `It stands in ${kind.key}: { … }.` : undefined;
    },
  };
}
