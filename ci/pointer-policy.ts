import { type PointerDecision, type PointerTarget, planPointerMove } from '../src/artifacts/pointer.ts';
import type { Git } from './git.ts';
import { isAncestor, remoteTip } from './remote.ts';

/** Makes the decision about a pointer, once it is known what it would point to. */
export type PointerPolicy = (target: PointerTarget) => PointerDecision;

/** `latest` of a project: upwards only. */
export const releasePolicy: PointerPolicy = (target) => (current) => planPointerMove(current, target);

/**
 * The pointer of a branch follows its commits, not version numbers. CI runs may finish out of order: an older commit
 * never takes the pointer from a later one, unless the remote's branch was set back to it. By hand it always moves.
 */
export function branchPolicy(git: Git, branch: string, isByHand: boolean): PointerPolicy {
  return (target) => async (current) => {
    if (current === undefined) return { kind: 'move', pointer: target };
    if (current.version === target.version) {
      return { kind: 'stay', reason: `the branch stands at ${current.version} already` };
    }
    if (!isByHand && (await isSuperseded(git, branch, target.commit, current.commit))) {
      return { kind: 'stay', reason: `the branch stands at ${current.version}, of a later commit` };
    }
    return { kind: 'move', pointer: { ...target, previous: current.version } };
  };
}

async function isSuperseded(git: Git, branch: string, commit: string, standing: string): Promise<boolean> {
  const tip = await remoteTip(git, branch);
  if (tip === commit || standing === commit) return false;
  return tip === standing || (await isAncestor(git, commit, standing));
}
