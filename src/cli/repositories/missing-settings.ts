import { ruleFaults } from '../../github/creation/rule-faults.ts';
import type { SeenRuleset } from '../../github/fleet/repository-fleet.ts';
import { type MergeRules, RULESET_NAME } from '../../github/repository-settings.ts';
import { owningTeam } from '../../templates/answers.ts';
import { kindSettings } from '../github/wanted-settings.ts';
import type { SurveyedRepository } from './survey-repository.ts';

/** What a repository lacks beside its files. */
export interface MissingSetting {
  /** `environment prod`, `check "test" in ruleset hermes` */
  readonly text: string;
  /** Where it is mended: by creating the repository again, or by hand on a page of its settings. */
  readonly mend: 'create' | 'settings/rules' | 'settings/environments';
}

/** The branches that environments let in, by the names of those whose branches were asked for. */
export type EnvironmentBranches = ReadonlyMap<string, readonly string[]>;

/** Environments that stand and let in some branches: which ones has to be asked for. Pure. */
export function limitedEnvironments({ repository, record }: SurveyedRepository): string[] {
  const seen = repository.settings?.environments ?? [];
  return kindSettings(record.kind)
    .environments.filter(({ branches }) => branches === 'default')
    .map(({ name }) => name)
    .filter((name) => seen.some((one) => one.name === name && one.isLimited));
}

/**
 * Of what the host tells; a host that keeps no settings lacks none. Pure.
 * @param defaultBranch What the platform wants it to be called; undefined = whatever it is.
 */
export function missingSettings(
  survey: SurveyedRepository,
  defaultBranch: string | undefined,
  branches: EnvironmentBranches,
): MissingSetting[] {
  const { repository, record } = survey;
  const { settings } = repository;
  if (settings === undefined) return [];
  const { rulesets, teams } = settings;
  const team = owningTeam(record.answers);
  const created = [
    ...(defaultBranch === undefined || defaultBranch === repository.defaultBranch
      ? []
      : [`default branch ${defaultBranch}`]),
    ...(team === undefined || teams?.includes(team) !== false ? [] : [`access of team ${team}`]),
  ];
  return [
    ...created.map((text) => ({ text, mend: 'create' as const })),
    ...environmentFaults(survey, branches),
    ...(rulesets === undefined
      ? []
      : rulesFaults(rulesets, kindSettings(record.kind).mergeRules, repository.defaultBranch)),
  ];
}

function environmentFaults(
  { repository: { settings, defaultBranch }, record }: SurveyedRepository,
  branches: EnvironmentBranches,
): MissingSetting[] {
  const seen = settings?.environments;
  if (seen === undefined) return [];
  return kindSettings(record.kind).environments.flatMap(({ name, branches: wanted }): MissingSetting[] => {
    const there = seen.find((one) => one.name === name);
    if (there === undefined) return [{ text: `environment ${name}`, mend: 'create' }];
    if (wanted === 'any') return [];
    const limit = `limit of environment ${name} to ${defaultBranch}`;
    if (!there.isLimited)
      return [{ text: limit, mend: there.hasGuards ? 'settings/environments' : 'create' }];
    const others = (branches.get(name) ?? []).filter((branch) => branch !== defaultBranch);
    if (others.length === 0) return [];
    return [{ text: `${limit}, which lets in ${others.join(' ')}`, mend: 'settings/environments' }];
  });
}

/** A check that no rule asks for guards nothing; that of a job which was renamed would block for good. */
function rulesFaults(rulesets: readonly SeenRuleset[], rules: MergeRules, branch: string): MissingSetting[] {
  const ours = rulesets.filter(({ name }) => name === RULESET_NAME);
  if (ours.length === 0) return [{ text: `ruleset ${RULESET_NAME}`, mend: 'create' }];
  return ruleFaults(ours, rules, branch).map((fault) => ({
    text: `${fault} in ruleset ${RULESET_NAME}`,
    mend: 'settings/rules',
  }));
}
