import { parse } from 'yaml';
import { ConfigError } from '../../../core/errors.ts';
import { camelCase } from '../../../core/letter-case.ts';
import { didYouMean } from '../../../core/suggest.ts';
import { Dag } from '../../../dag/dag.ts';
import type { OperatorKind } from '../../../dag/operator-kind.ts';
import type { Task } from '../../../dag/task.ts';
import { taskOptionsShape } from '../../../dag/task-options.ts';

/** One option of one task, for one run only: `report.script_version=feature/x`. */
export interface Override {
  readonly taskId: string;
  /** As files write it, in snake_case. */
  readonly option: string;
  readonly value: string;
}

/** Reads `task.option=value`; task ids may hold dots. @throws ConfigError */
export function parseOverride(text: string): Override {
  const match = /^(.+?)\.([A-Za-z_]+)=(.*)$/s.exec(text);
  if (match !== null) return { taskId: match[1] ?? '', option: match[2] ?? '', value: match[3] ?? '' };
  throw new ConfigError(`Cannot read --set ${JSON.stringify(text)}: it must be task.option=value`, {
    code: 'HERMES_OVERRIDE_SHAPE',
    nextStep: 'For example: --set report.script_version=feature/my-branch',
  });
}

/** A copy of the DAG with some options of its tasks replaced. @throws ConfigError for an unknown task or option */
export function overrideDag(
  dag: Dag,
  overrides: readonly Override[],
  operators: readonly OperatorKind[],
): Dag {
  for (const { taskId } of overrides) dag.task(taskId);
  const copy = new Dag(dag.dagId, dag.options);
  for (const task of dag.tasks) {
    const own = overrides.filter(({ taskId }) => taskId === task.taskId);
    copy.add(own.reduce((current, override) => overrideTask(current, override, operators), task));
  }
  return copy;
}

function overrideTask(task: Task, { option, value }: Override, operators: readonly OperatorKind[]): Task {
  const kind = operators.find(({ operatorName }) => operatorName === task.operatorName);
  if (kind === undefined) throw notRegistered(task);
  const taskShape: Record<string, Checker> = taskOptionsShape;
  const ownShape: Record<string, Checker> = kind.schema.shape;
  const shape = [taskShape, ownShape].find((each) => Object.hasOwn(each, option));
  const checker = shape?.[option];
  if (checker === undefined)
    throw unknownOption(task, option, [...Object.keys(taskShape), ...Object.keys(ownShape)]);
  // `1.4` is a version, not a number, where the option takes a text.
  const parsed: unknown = checker.safeParse(value).success ? value : parse(value);
  const options = { ...task.options, dependsOn: [...task.upstream] };
  return shape === taskShape
    ? kind.create({ ...options, [camelCase(option)]: parsed }, {})
    : kind.create(options, { [option]: parsed });
}

/** An operator of a TypeScript file needs no key to run, only to be made again from texts. */
function notRegistered({ taskId, operatorName }: Task): ConfigError {
  return new ConfigError(`Cannot set an option of task ${taskId}: ${operatorName} is not registered`, {
    code: 'HERMES_OPERATOR_NOT_REGISTERED',
    nextStep: 'Add it to operators in hermes.config.ts of the repository.',
  });
}

interface Checker {
  safeParse(value: unknown): { readonly success: boolean };
}

function unknownOption(task: Task, option: string, known: readonly string[]): ConfigError {
  return new ConfigError(
    `Cannot set ${task.taskId}.${option}: ${task.operatorName} has no such option. Options: ${known.join(', ')}`,
    { code: 'HERMES_OVERRIDE_OPTION', nextStep: didYouMean(option, known) ?? 'See: hermes dag run --help' },
  );
}
