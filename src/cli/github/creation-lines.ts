import { printableLine } from '../../core/printable.ts';
import type { CreationPlan, PlannedStep, StepOutcome } from '../../github/repository-host.ts';
import { counted } from '../table.ts';
import type { OwnSettings } from './wanted-settings.ts';

const MARKS = { done: '✓', there: '=', skipped: '!' } as const;
/** Of the longest name that every repository has: `environment policy`. */
const NAME_WIDTH = 18;

/** Width of the names of the steps, with those of the variables and secrets. */
export function stepWidth({ variables, secrets }: OwnSettings): number {
  const names = [
    ...Object.keys(variables).map((name) => `variable ${name}`),
    ...Object.keys(secrets).map((name) => `secret ${name}`),
  ];
  return Math.max(NAME_WIDTH, ...names.map(({ length }) => length));
}

/** One step on one line: what was done, stood already, or is left out, and why. */
export function stepLine({ name, purpose, outcome, reason }: StepOutcome, width = NAME_WIDTH): string {
  const what =
    outcome === 'skipped' ? `left out: ${reason}` : outcome === 'there' ? `there already` : purpose;
  return `  ${MARKS[outcome]} ${name.padEnd(width)}  ${printableLine(what)}`;
}

/** Every call of a plan in its order, with what it is for; then what stands already. */
export function planLines({ repository, looks, steps }: CreationPlan): string[] {
  const calls = [
    ...looks.map((one) => ({ ...one, what: one.purpose })),
    ...steps.flatMap(({ calls: own, purpose }) => own.map((one) => ({ ...one, what: purpose }))),
  ];
  const standing = steps
    .filter(({ isDone }) => isDone)
    .map(({ name }) => `  = ${name.padEnd(NAME_WIDTH)}  there already`);
  const left = steps
    .filter(isLeft)
    .map(
      ({ name, purpose }) =>
        `  ${MARKS.skipped} ${name.padEnd(NAME_WIDTH)}  left out: ${printableLine(purpose)}`,
    );
  const others = [...left, ...standing];
  if (steps.every((step) => step.isDone || isLeft(step)))
    return [`${repository} stands${left.length === 0 ? ' as it is wanted' : ''}: nothing to do.`, ...others];
  const width = Math.max(...calls.map(({ path }) => path.length));
  const lines = calls.map(
    ({ method, path, what }) => `  ${method.padEnd(5)} ${path.padEnd(width)}  ${printableLine(what)}`,
  );
  return [`${repository}: ${counted(calls.length, 'call')}`, ...lines, ...others];
}

/** Whether it will not be done, since what stands is not changed. */
function isLeft({ isDone, calls }: PlannedStep): boolean {
  return !isDone && calls.length === 0;
}
