import type { WantedRepository } from '../repository-host.ts';
import { secretStep, teamStep, variableStep } from './access-steps.ts';
import { branchStep } from './branch-step.ts';
import { contentStep } from './content-step.ts';
import type { CreationStep } from './creation-step.ts';
import { type FoundSettings, NO_SETTINGS } from './found-settings.ts';
import { repositoryStep, UNKNOWN_BRANCH } from './repository-step.ts';
import { environmentStep, rulesStep } from './rule-steps.ts';

/** What stands of a repository that is, or will be, the wanted one. */
export interface Standing {
  readonly defaultBranch: string;
  /** Whether it was made just so, by this very creation. */
  readonly isFresh: boolean;
  readonly hasContent: boolean;
  /** Of a repository that stood already. */
  readonly visibility?: string;
  readonly settings: FoundSettings;
}

/**
 * Everything that making a repository takes, in its order; what stands is marked as done. CI first runs for the content,
 * so what CI reads comes before it. The team may push once there is something to build on, and the rules come last:
 * they would stop the first commit, too.
 * @param standing Absent when there is no repository of that name.
 */
export function planCreation(
  owner: string,
  wanted: WantedRepository,
  standing: Standing | undefined,
): CreationStep[] {
  const { name, first, settings } = wanted;
  const found = standing?.settings ?? NO_SETTINGS;
  const hasContent = standing?.hasContent ?? false;
  const is = standing?.defaultBranch ?? UNKNOWN_BRANCH;
  // What has content keeps its branches: people work on them.
  const branch = hasContent ? is : (settings.defaultBranch ?? is);
  const renamed =
    settings.defaultBranch === undefined
      ? []
      : branchSteps(owner, name, is, settings.defaultBranch, hasContent);
  return [
    repositoryStep(owner, name, settings, standing?.isFresh === false, standing?.visibility),
    ...renamed,
    ...Object.entries(settings.variables).map(([key, value]) => variableStep(owner, name, key, value, found)),
    ...Object.keys(settings.secrets).map((key) => secretStep(owner, name, key, found)),
    ...settings.environments.map((one) => environmentStep(owner, name, one, branch, found)),
    contentStep(owner, name, first, branch, hasContent),
    teamStep(owner, name, settings.team, found),
    rulesStep(owner, name, settings.mergeRules, branch, found),
  ];
}

/** None for the branch of a repository with content that is called so already. */
function branchSteps(
  owner: string,
  name: string,
  is: string,
  wanted: string,
  hasContent: boolean,
): CreationStep[] {
  return hasContent && is === wanted ? [] : [branchStep(owner, name, is, wanted, hasContent)];
}
