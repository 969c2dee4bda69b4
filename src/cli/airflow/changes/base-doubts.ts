import type { BaseProblem } from './compile-both.ts';

/** A sentence on what cannot be compared, and the mistakes that are the reason. */
export interface BaseDoubt {
  readonly sentence: string;
  readonly problems: readonly BaseProblem[];
}

/** What mistakes in the base keep from being told. */
export function baseDoubts(problems: readonly BaseProblem[]): BaseDoubt[] {
  const doubts = [
    {
      sentence: 'The base has mistakes; what is in these files counts as added:',
      problems: problems.filter(({ isGone }) => !isGone),
    },
    {
      sentence: 'The base has mistakes in files that are gone; which DAGs that removes cannot be said:',
      problems: problems.filter(({ isGone }) => isGone),
    },
  ];
  return doubts.filter((doubt) => doubt.problems.length > 0);
}

/** `No change to the DAGs`, of those that could be compared. */
export function noChangeText(problems: readonly BaseProblem[]): string {
  return problems.length === 0 ? 'No change to the DAGs' : 'No change to the other DAGs';
}
