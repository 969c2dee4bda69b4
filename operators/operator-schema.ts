import { z } from 'zod';
import { ConfigError } from '../src/core/errors.ts';
import { camelCase, renameKeys, snakeCase } from '../src/core/letter-case.ts';
import { teamNameProblem } from '../src/core/names.ts';
import { findValueProblems, type ProblemWords, type ValueProblem } from '../src/core/schema-problems.ts';
import { taskOptionsShape } from '../src/dag/task-options.ts';
import type { OperatorDefinition } from './operator-definition.ts';

/** How the options of an operator are called and read; keys of schemas are in snake_case. */
export interface OperatorReader {
  readonly key: string;
  readonly operatorName: string;
  /** What stands below the key in YAML. */
  readonly ownSchema: z.ZodObject;
  /** Reads the options of a task, as TypeScript writes them. */
  read(taskId: string, options: object): OptionsReading;
}

/** The operator's own options under the names of its definition, or every mistake in those of the task. */
interface OptionsReading {
  readonly problems: readonly ValueProblem[];
  readonly settings?: z.output<z.ZodObject<z.ZodRawShape>>;
}

const KEY = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const OPERATOR_NAME = /^[A-Z][A-Za-z0-9]*$/;
const OPTION = /^[a-z][A-Za-z0-9_]*$/;

const team = z
  .string()
  .superRefine((text, context) => {
    const message = teamNameProblem(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .optional()
  .describe('Team that pays for the run and sees its logs (default: the team of the DAG)');

/** What every task takes beside its operator's own options. */
const common = { task_id: z.string(), depends_on: z.array(z.string()).optional(), ...taskOptionsShape };
const taken: ReadonlySet<string> = new Set([...Object.keys(common), 'after', 'team']);

/** @throws ConfigError with everything that is wrong with the definition */
export function readDefinition(definition: OperatorDefinition<z.ZodRawShape>): OperatorReader {
  requireSound(definition);
  const { key, operatorName = defaultName(key), options: shape } = definition;
  const own = { team, ...(renameKeys(shape, snakeCase) as z.ZodRawShape) };
  const ownSchema = z.strictObject(own);
  const wholeSchema = ownSchema.extend(common);
  const declared = Object.keys(shape).map((name) => [name, snakeCase(name)] as const);
  const words: ProblemWords = {
    shownKey: camelCase,
    kindOfKey: () => `an option of ${operatorName}`,
  };
  return {
    key,
    operatorName,
    ownSchema,
    read: (taskId, options) => {
      const written = renameKeys(options, snakeCase);
      const parsed = wholeSchema.safeParse(written);
      if (parsed.success) {
        const values: Readonly<Record<string, unknown>> = parsed.data;
        const given = declared.filter(([, name]) => values[name] !== undefined);
        const settings = Object.fromEntries(given.map(([own, name]) => [own, values[name]]));
        return { problems: [], settings };
      }
      const shownPath = (path: readonly PropertyKey[]): string =>
        [taskId, ...path.map((part) => camelCase(String(part)))].join('.');
      return { problems: findValueProblems(wholeSchema, written, { ...words, shownPath }) };
    },
  };
}

/** `notebook` → `NotebookOperator` */
function defaultName(key: string): string {
  const camel = camelCase(key);
  return `${camel.charAt(0).toUpperCase()}${camel.slice(1)}Operator`;
}

function requireSound(definition: Partial<Record<keyof OperatorDefinition<z.ZodRawShape>, unknown>>): void {
  const { key, operatorName, options, plan } = definition;
  const problems = [
    typeof key === 'string' && KEY.test(key)
      ? undefined
      : `key ${JSON.stringify(key)} must hold lower-case letters, digits and "_", and begin with a letter.`,
    taken.has(String(key)) ? `key "${String(key)}" is taken: every task has such an option.` : undefined,
    operatorName === undefined || (typeof operatorName === 'string' && OPERATOR_NAME.test(operatorName))
      ? undefined
      : `operatorName ${JSON.stringify(operatorName)} must be the name of a class, as NotebookOperator.`,
    typeof plan === 'function' ? undefined : 'plan must be a function.',
    ...shapeProblems(options),
  ].filter((problem) => problem !== undefined);
  if (problems.length === 0) return;
  throw new ConfigError(`Cannot define operator ${String(operatorName ?? key)}: ${problems.join(' ')}`, {
    code: 'HERMES_OPERATOR_DEFINITION',
    nextStep: 'See docs/guides/operators.md.',
  });
}

function shapeProblems(options: unknown): (string | undefined)[] {
  if (typeof options !== 'object' || options === null || options instanceof z.ZodType)
    return ['options must be an object of zod schemas, as { path: z.string() }.'];
  return Object.entries(options).map(([name, schema]) => {
    if (!OPTION.test(name)) return `option ${JSON.stringify(name)} must be a name in camelCase.`;
    if (taken.has(snakeCase(name))) return `option ${name} is taken: every task has it.`;
    return schema instanceof z.ZodType
      ? undefined
      : `option ${name} must be a schema of zod; take the z of hermes-data-products.`;
  });
}
