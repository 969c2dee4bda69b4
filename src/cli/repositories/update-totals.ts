import type { ProposalOutcome } from '../../github/fleet/repository-fleet.ts';

/** What became of one repository. */
export interface UpdateTally {
  readonly repository: string;
  readonly outcome: ProposalOutcome['outcome'] | 'planned' | 'failed';
  readonly hasConflicts: boolean;
}

/** Names that a line holds; the others are counted. */
const NAMED = 8;

const WORDS = [
  ['planned', 'planned'],
  ['opened', 'newly offered'],
  ['refreshed', 'brought up to date'],
  ['current', 'offered already'],
  ['withdrawn', 'closed, since they have caught up'],
] as const;

/** `9 newly offered, 3 offered already · 2 with conflicts to solve: f3, f7 · 1 left alone: f9`; empty for none. Pure. */
export function updateTotals(tallies: readonly UpdateTally[]): string {
  const of = (outcome: UpdateTally['outcome']) => tallies.filter((one) => one.outcome === outcome);
  const counts = WORDS.flatMap(([outcome, words]) => {
    const count = of(outcome).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  const conflicts = tallies.filter(
    ({ outcome, hasConflicts }) => hasConflicts && !['left', 'failed'].includes(outcome),
  );
  return [
    ...(counts.length === 0 ? [] : [counts.join(', ')]),
    ...named(conflicts, 'with conflicts to solve'),
    ...named(of('left'), 'left alone'),
    ...named(of('failed'), 'failed'),
  ].join(' · ');
}

function named(tallies: readonly UpdateTally[], what: string): string[] {
  if (tallies.length === 0) return [];
  const names = tallies.slice(0, NAMED).map(({ repository }) => repository);
  const more = tallies.length > NAMED ? `, and ${tallies.length - NAMED} more` : '';
  return [`${tallies.length} ${what}: ${names.join(', ')}${more}`];
}
