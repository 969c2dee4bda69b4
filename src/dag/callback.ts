import { z } from 'zod';
import type { JsonObject } from '../core/json.ts';

/** A function or notifier of the Airflow installation with what it is given: `{ callback: 'acme.alerts.page', arguments: { … } }`. */
export interface CallbackCall {
  /** Where Python finds it: `package.module.name`. */
  readonly callback: string;
  /** Keyword arguments: of a function beside the context, of a notifier class when it is made. @defaultValue none */
  readonly arguments?: JsonObject;
}

/** One or several; a text names one without arguments. */
export type Callbacks = string | CallbackCall | readonly (string | CallbackCall)[];

/** What Airflow's scheduler calls when a run of the DAG ends. The engine on this machine does not. */
export interface DagCallbacks {
  readonly onSuccessCallback?: Callbacks;
  readonly onFailureCallback?: Callbacks;
}

/** What Airflow calls when the state of a task changes. The engine on this machine does not. */
export interface TaskCallbacks extends DagCallbacks {
  readonly onExecuteCallback?: Callbacks;
  readonly onRetryCallback?: Callbacks;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
// https://docs.python.org/3/reference/lexical_analysis.html#keywords
const KEYWORDS = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

/** Why a text names nothing that Python could import, or undefined when it does. */
function callbackProblem(text: string): string | undefined {
  const parts = text.split('.');
  if (parts.length > 1 && parts.every((part) => NAME.test(part) && !KEYWORDS.has(part))) return undefined;
  return `${JSON.stringify(text)} is no name of a Python function or class with its module: package.module.name.`;
}

function argumentProblem(name: string): string | undefined {
  if (!NAME.test(name) || KEYWORDS.has(name))
    return `${JSON.stringify(name)} is no name of a keyword argument of Python.`;
  return name === 'context' ? 'context is not yours to give: Airflow hands it over.' : undefined;
}

function checked(problem: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const message = problem(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

const one = z.union([
  checked(callbackProblem),
  z.strictObject({
    callback: checked(callbackProblem).describe('package.module.name'),
    arguments: z
      .record(checked(argumentProblem), z.json())
      .optional()
      .describe('Keyword arguments for the function, or for making the notifier'),
  }),
]);
const callbacks = z.union([one, z.array(one)]).optional();

/** The keys of {@link DagCallbacks} as files write them. */
export const dagCallbacksShape = {
  on_success_callback: callbacks.describe('Called by Airflow when a run has succeeded: package.module.name'),
  on_failure_callback: callbacks.describe('Called by Airflow when a run has failed: package.module.name'),
};

/** The keys of {@link TaskCallbacks} as files write them. */
export const taskCallbacksShape = {
  on_success_callback: callbacks.describe('Called by Airflow when the task has succeeded'),
  on_failure_callback: callbacks.describe('Called by Airflow when the task has failed for good'),
  on_retry_callback: callbacks.describe('Called by Airflow when an attempt has failed and another follows'),
  on_execute_callback: callbacks.describe('Called by Airflow right before an attempt begins'),
};

const OPTIONS = {
  onSuccessCallback: 'on_success_callback',
  onFailureCallback: 'on_failure_callback',
  onRetryCallback: 'on_retry_callback',
  onExecuteCallback: 'on_execute_callback',
} as const;

/** Callbacks by Airflow's names of the events; empty where there are none. */
export type CallbackLists = {
  readonly [K in (typeof OPTIONS)[keyof typeof OPTIONS]]?: readonly CallbackCall[];
};

/** The callbacks of a DAG or a task as lists, whichever form their author chose. */
export function callbackLists(options: TaskCallbacks): CallbackLists {
  return Object.fromEntries(
    Object.entries(OPTIONS).flatMap(([option, event]) => {
      const given = options[option as keyof TaskCallbacks];
      const list = given === undefined ? [] : [given].flat();
      const calls = list.map((call) => (typeof call === 'string' ? { callback: call } : call));
      return calls.length === 0 ? [] : [[event, calls]];
    }),
  );
}
