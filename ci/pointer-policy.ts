import { type PointerDecision, type PointerTarget, planPointerMove } from '../src/artifacts/pointer.ts';
import type { Git } from './git.ts';
import { isAncestor, remoteTip } from './repository-facts.ts';

/** Makes the decision about a pointer, once it is known what it would point to. */
export type PointerPolicy = (target: PointerTarget) => PointerDecision;

/** `latest` of a project: upwards only. */
export const releasePolicy: PointerPolicy = (target) => (current) => planPointerMove(current, target);

/**
 * The pointer of a branch follows its commits, not version numbers. CI runs may finish out of order: an older commit
 * never takes the pointer from a later one. A rewritten branch has no order; then the remote's tip decides.
 */
export function branchPolicy(git: Git, branch: string): PointerPolicy {
  return (target) => async (current) => {
    if (current === undefined) return { kind: 'move', pointer: target };
    if (current.version === target.version)
      return { kind: 'stay', reason: `the branch stands at ${current.version} already` };
    const isLater =
      current.commit !== target.commit &&
      ((await isAncestor(git, target.commit, current.commit)) ||
        (await remoteTip(git, branch)) === current.commit);
    return isLater
      ? { kind: 'stay', reason: `the branch stands at ${current.version}, of a later commit` }
      : { kind: 'move', pointer: { ...target, previous: current.version } };
  };
}
