import type { Run, RunOutput, RunState, TaskRun } from './run.ts';
import { argumentError, isStoreFault, STORE_ADVICE, scriptAdvice } from './run-advice.ts';
import {
  type Actor,
  actors,
  advices,
  type Cause,
  causeOfCode,
  causeOfResult,
  causeOfText,
} from './run-cause.ts';
import { isSuccess, isTerminal } from './run-state.ts';

export type { Actor, Cause } from './run-cause.ts';

/** How an ended run is to be understood: whether it did its work, and if not, why, and who can do something about it. */
export type RunOutcome =
  | { readonly succeeded: true }
  | {
      readonly succeeded: false;
      readonly cause: Cause;
      /** Who has to act. */
      readonly actor: Actor;
      /** What happened: the last line of the traceback, else what the workspace said. */
      readonly message: string;
      /** One sentence for a person: who has to act, and what to do. */
      readonly advice: string;
    };

/**
 * Classifies a run. Success is `result_state == SUCCESS` and nothing else. The reason of a failure comes from the code
 * and type of the termination, of the task that failed before the run; then from the result; then from the texts that
 * clusters and libraries are known to fail with. `INTERNAL_ERROR` of a run alone says nothing: it is the ordinary shape
 * of a script that raised.
 * @param output Of the task that failed; only tells more about a script's own failure.
 */
export function outcomeOf(run: Run, output?: RunOutput): RunOutcome {
  if (isSuccess(run.state)) return { succeeded: true };
  const culprit = failedTask(run);
  const states = culprit === undefined ? [run.state] : [culprit.state, run.state];
  const cause = isTerminal(run.state) ? causeOf(states) : 'unknown';
  if (cause === 'library' && isStoreFault(states.map(({ message }) => message))) {
    const message = messageOf(cause, states, output);
    return { succeeded: false, cause: 'request', actor: 'platform', message, advice: STORE_ADVICE };
  }
  const isSilent = cause === 'user_code' && output !== undefined && (output.errorTrace ?? '') === '';
  return {
    succeeded: false,
    cause,
    actor: actorOf(cause, states),
    message: messageOf(cause, states, output),
    advice: adviceOf(cause, states, output, isSilent),
  };
}

/** The task that a run failed by; those that did not run because of it come last. */
export function failedTask(run: Run): TaskRun | undefined {
  const bad = run.tasks.filter(({ state }) => isTerminal(state) && !isSuccess(state));
  const rank = ({ state }: TaskRun): number => {
    const cause = causeOf([state]);
    return cause === 'skipped' ? 2 : cause === 'canceled' ? 1 : 0;
  };
  return bad.toSorted((a, b) => rank(a) - rank(b))[0];
}

/** @param states The more telling one first. */
function causeOf(states: readonly RunState[]): Cause {
  return (
    first(states, ({ result }) => causeOfResult(result)) ??
    first(states, (state) => causeOfTermination(state)) ??
    first(states, (state) => causeOfRaising(state)) ??
    first(states, (state) => causeOfText(state.message)) ??
    first(states, (state) => causeOfType(state)) ??
    first(states, (state) => causeOfLife(state)) ??
    'unknown'
  );
}

/** Codes that only name the part that broke are made clearer by the text, where it is a known one. */
function causeOfTermination({ termination, message }: RunState): Cause | undefined {
  if (termination === undefined) return undefined;
  const cause = causeOfCode(termination.code);
  if (cause === undefined) return undefined;
  const isVague = cause === 'cluster_start' || cause === 'databricks';
  return isVague ? (causeOfText(`${message}\n${termination.message}`) ?? cause) : cause;
}

/** A task that ran and failed is TERMINATED; one that did not come to run, or lost its cluster, is INTERNAL_ERROR. */
function causeOfRaising({ termination, lifeCycle, result }: RunState): Cause | undefined {
  return termination === undefined && lifeCycle === 'TERMINATED' && result === 'FAILED'
    ? 'user_code'
    : undefined;
}

function causeOfType({ termination, lifeCycle, result }: RunState): Cause | undefined {
  switch (termination?.type) {
    case 'CLOUD_FAILURE':
      return 'cloud';
    case 'INTERNAL_ERROR':
      return 'databricks';
    case 'CLIENT_ERROR':
      return lifeCycle === 'TERMINATED' && result === 'FAILED' ? 'user_code' : 'request';
    default:
      return undefined;
  }
}

function causeOfLife({ lifeCycle, result }: RunState): Cause | undefined {
  if (lifeCycle === 'SKIPPED') return 'skipped';
  if (lifeCycle === 'INTERNAL_ERROR') return 'databricks';
  return result === 'FAILED' || result === 'SUCCESS_WITH_FAILURES' ? 'user_code' : undefined;
}

function adviceOf(
  cause: Cause,
  states: readonly RunState[],
  output: RunOutput | undefined,
  isSilent: boolean,
): string {
  const messages = [...states.map(({ message }) => message), output?.error ?? ''];
  const known = cause === 'user_code' ? scriptAdvice(messages, output) : undefined;
  if (known !== undefined) return known;
  if (isSilent) return 'The process of your script ended without success, and without an error in Python.';
  if (cause === 'canceled' && actorOf(cause, states) === 'platform')
    return 'The platform ended it: ask the platform team why before you run it again.';
  return advices[cause];
}

function actorOf(cause: Cause, states: readonly RunState[]): Actor {
  const codes = states.flatMap(({ termination }) => termination?.code ?? []);
  if (cause === 'request' && codes.includes('INVALID_CLUSTER_REQUEST')) return 'platform';
  // USER_CANCELED is a person's doing; CANCELED the platform's.
  if (cause === 'canceled' && codes.includes('CANCELED') && !codes.includes('USER_CANCELED'))
    return 'platform';
  return actors[cause];
}

/** The driver's error is the script's own; of what went wrong around it the workspace tells more. */
function messageOf(cause: Cause, states: readonly RunState[], output: RunOutput | undefined): string {
  const told = states.map(
    ({ message, termination }) => message.trim() || (termination?.message ?? '').trim(),
  );
  const error = output?.error?.trim() ?? '';
  const said = told.find((text) => text !== '') ?? '';
  const [state] = states;
  const word = state?.result ?? state?.lifeCycle ?? 'UNKNOWN';
  const refused = argumentError(output);
  if (cause === 'user_code' && refused !== undefined) return `${error}: ${refused}`;
  return (cause === 'user_code' ? error || said : said || error) || `the run ended as ${word}`;
}

function first<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
