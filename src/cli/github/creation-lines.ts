import { printableLine } from '../../core/printable.ts';
import type { CreationPlan, StepOutcome } from '../../github/repository-host.ts';
import { counted } from '../table.ts';

const MARKS = { done: '✓', there: '=', skipped: '!' } as const;
/** Longest usual name of a step: `environment policy`. */
const NAME_WIDTH = 20;

/** One step on one line: what was done, stood already, or is left out, and why. */
export function stepLine({ name, purpose, outcome, reason }: StepOutcome): string {
  const what =
    outcome === 'skipped' ? `left out: ${reason}` : outcome === 'there' ? `there already` : purpose;
  return `  ${MARKS[outcome]} ${name.padEnd(NAME_WIDTH)} ${printableLine(what)}`;
}

/** Every call of a plan in its order, with what it is for; then what stands already. */
export function planLines({ repository, looks, steps }: CreationPlan): string[] {
  const calls = [
    ...looks.map((one) => ({ ...one, what: 'look' })),
    ...steps.flatMap(({ calls: own, purpose }) => own.map((one) => ({ ...one, what: purpose }))),
  ];
  const open = steps.filter(({ isDone }) => !isDone);
  const standing = steps
    .filter(({ isDone }) => isDone)
    .map(({ name }) => `  = ${name.padEnd(NAME_WIDTH)} there already`);
  if (open.length === 0) return [`${repository} stands as it is wanted: nothing to do.`, ...standing];
  const width = Math.max(...calls.map(({ path }) => path.length));
  const lines = calls.map(
    ({ method, path, what }) => `  ${method.padEnd(5)} ${path.padEnd(width)}  ${printableLine(what)}`,
  );
  return [`${repository}: ${counted(calls.length, 'call')}`, ...lines, ...standing];
}
