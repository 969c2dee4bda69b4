import { type ProposalOutcome, UPDATE_BRANCH } from '../../github/fleet/repository-fleet.ts';
import type { UpdatedFile } from '../../templates/resolve-update.ts';
import { shellWord } from '../shell-word.ts';
import type { CloneUpdate } from './update-clone.ts';

/** What came of the update of a clone, and what comes next. Pure. */
export function outcomeLines(prepared: CloneUpdate, proposed: ProposalOutcome | undefined): string[] {
  const { update, repository, offered } = prepared;
  if (update.changes.length === 0)
    return [
      'Nothing to update.',
      ...(proposed?.outcome === 'withdrawn'
        ? [`The branch ${UPDATE_BRANCH} is gone: it had nothing more.`]
        : []),
    ];
  if (proposed === undefined) return ['Nothing was changed: this is the plan.'];
  if (proposed.outcome === 'left')
    return [
      `The branch ${UPDATE_BRANCH} stays as it is: ${proposed.reason}.`,
      `To begin again: git branch -D ${UPDATE_BRANCH}`,
    ];
  const stands = proposed.outcome === 'current' ? 'stands already' : 'is ready';
  const first =
    offered === 'same'
      ? `Origin has the same update on its branch ${UPDATE_BRANCH} already, perhaps as an open pull request: take that one.`
      : `The branch ${UPDATE_BRANCH} ${stands}: one commit on ${repository.defaultBranch}. Nothing else was touched.`;
  return [first, ...originLines(offered), '', 'Next:', ...nextSteps(prepared)];
}

function originLines(offered: CloneUpdate['offered']): string[] {
  const diff = `git diff origin/${UPDATE_BRANCH} ${UPDATE_BRANCH}`;
  if (offered === 'another')
    return [`Origin has an older one, perhaps as an open pull request, which the push replaces: ${diff}`];
  return offered === 'of others'
    ? [`Origin's branch of that name holds commits of others, so a push is refused: ${diff}`]
    : [];
}

type Step = readonly [line: string, what: string];

function nextSteps({ update, repository: { defaultBranch }, offered }: CloneUpdate): string[] {
  const conflicts = update.files.filter(({ outcome }) => outcome === 'conflict');
  const branch = offered === 'same' ? `origin/${UPDATE_BRANCH}` : UPDATE_BRANCH;
  const goes = conflicts.length > 0 || offered === 'same';
  const steps: Step[] = [
    [`git diff ${defaultBranch} ${branch}`, 'look at it'],
    ...(goes ? [[`git switch ${UPDATE_BRANCH}`, 'go there'] as const] : []),
    ...conflicts.map(solveStep),
    ...(conflicts.length === 0 ? [] : [['git commit -a', 'the conflicts are solved'] as const]),
    ...pushSteps(offered, conflicts.length > 0),
  ];
  const width = Math.max(...steps.map(([line]) => line.length)) + 3;
  return steps.map(([line, what]) => `  ${line.padEnd(width)}${what}`);
}

function solveStep({ path, besides }: UpdatedFile): Step {
  if (besides === undefined)
    return [`edit ${shellWord(path)}`, 'leave what is right between <<<<<<< and >>>>>>>'];
  return [`cp ${shellWord(besides)} ${shellWord(path)}`, 'only to take the version of the template'];
}

/** Never a push that must be refused. */
function pushSteps(offered: CloneUpdate['offered'], hasConflicts: boolean): Step[] {
  const drop: Step = [`git branch -D ${UPDATE_BRANCH}`, 'or drop it: nothing is left of it'];
  if (offered === 'same') return hasConflicts ? [['git push', 'to its pull request']] : [];
  if (offered === 'of others')
    return [
      [`git branch -D ${UPDATE_BRANCH}`, 'drop this one'],
      [`git switch ${UPDATE_BRANCH}`, 'and go on with theirs'],
    ];
  const force = offered === 'another' ? ' --force-with-lease' : '';
  return [
    [`git push${force} -u origin ${UPDATE_BRANCH}`, 'then ask for a review: open a pull request'],
    drop,
  ];
}
