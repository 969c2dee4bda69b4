import type { SeenRuleset } from '../../github/repository-fleet.ts';
import { RULESET_NAME } from '../../github/repository-settings.ts';
import { isDrift } from '../../templates/drift.ts';
import { kindSettings } from '../github/wanted-settings.ts';
import type { Survey, SurveyedRepository } from './survey-repository.ts';

/** What a repository of Hermes lacks. */
export interface RepositoryReport {
  readonly survey: SurveyedRepository;
  /** Managed files that are not as the template. */
  readonly files: SurveyedRepository['plan'];
  /** `environment prod`, `ruleset hermes` */
  readonly missingSettings: readonly string[];
}

/** What a look at many repositories found. */
export interface FleetReport {
  readonly repositories: readonly RepositoryReport[];
  readonly drifted: readonly RepositoryReport[];
  readonly unreadable: readonly (Survey & { readonly is: 'unreadable' })[];
  readonly archived: number;
  /** Not made by Hermes. */
  readonly foreign: number;
}

/**
 * Sorts out what was found. Pure.
 * @param defaultBranch What the platform wants it to be called; undefined = whatever it is.
 */
export function reportFleet(surveys: readonly Survey[], defaultBranch?: string): FleetReport {
  const repositories = surveys
    .filter((survey) => survey.is === 'hermes')
    .map((survey) => reportRepository(survey, defaultBranch));
  return {
    repositories,
    drifted: repositories.filter(({ files, missingSettings }) => files.length + missingSettings.length > 0),
    unreadable: surveys.filter((survey) => survey.is === 'unreadable'),
    archived: surveys.filter((survey) => survey.is === 'archived').length,
    foreign: surveys.filter((survey) => survey.is === 'foreign').length,
  };
}

function reportRepository(survey: SurveyedRepository, defaultBranch: string | undefined): RepositoryReport {
  const { plan } = survey;
  return { survey, files: plan.filter(isDrift), missingSettings: missingSettings(survey, defaultBranch) };
}

/** Of what the host tells; a host that keeps no settings lacks none. */
function missingSettings(
  { repository, record }: SurveyedRepository,
  defaultBranch: string | undefined,
): string[] {
  const { settings } = repository;
  if (settings === undefined) return [];
  const { environments, rulesets, teams } = settings;
  const team = /^@[^/]+\/(.+)$/.exec(record.answers.codeOwner ?? '')?.[1];
  const wanted = kindSettings(record.kind);
  const absent = wanted.environments.filter(({ name }) => environments?.includes(name) === false);
  return [
    ...(defaultBranch === undefined || defaultBranch === repository.defaultBranch
      ? []
      : [`default branch ${defaultBranch}`]),
    ...(team === undefined || teams?.includes(team) !== false ? [] : [`access of team ${team}`]),
    ...absent.map(({ name }) => `environment ${name}`),
    ...(rulesets === undefined ? [] : missingRules(rulesets, wanted.mergeRules.checks)),
  ];
}

/** A check that no rule asks for guards nothing; that of a job which was renamed would block for good. */
function missingRules(rulesets: readonly SeenRuleset[], checks: readonly string[]): string[] {
  const ours = rulesets.filter(({ name }) => name === RULESET_NAME);
  if (ours.length === 0) return [`ruleset ${RULESET_NAME}`];
  const asked = ours.flatMap((ruleset) => ruleset.checks);
  return checks
    .filter((check) => !asked.includes(check))
    .map((check) => `check "${check}" in ruleset ${RULESET_NAME}`);
}

/** `2 behind, 1 changed by hand` */
function filesText(files: SurveyedRepository['plan']): string {
  const counts = new Map<string, number>();
  for (const { state } of files) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}

/** `80 repositories, 3 drifted · 12 archived, 40 not of Hermes` */
export function totalsText({ repositories, drifted, unreadable, archived, foreign }: FleetReport): string {
  const others = [
    ...(unreadable.length > 0 ? [`${unreadable.length} could not be read`] : []),
    ...(archived > 0 ? [`${archived} archived`] : []),
    ...(foreign > 0 ? [`${foreign} not made by Hermes`] : []),
  ];
  const all = repositories.length === 1 ? '1 repository' : `${repositories.length} repositories`;
  return [`${all}, ${drifted.length} drifted`, ...(others.length > 0 ? [others.join(', ')] : [])].join(' · ');
}

/** For programs: one object for each repository of Hermes. */
export function reportObject({ survey, files, missingSettings: missing }: RepositoryReport): object {
  const { repository, record } = survey;
  const { update } = repository;
  return {
    repository: repository.name,
    url: repository.webUrl,
    kind: record.kind,
    team: record.answers.team,
    template: record.version,
    drifted: files.length + missing.length > 0,
    files: files.map(({ path, state }) => ({ path, state })),
    missingSettings: missing,
    ...(update === undefined ? {} : { update: { url: update.url, state: update.state } }),
  };
}

/** A row of the table. */
export function reportRow({ survey, files, missingSettings: missing }: RepositoryReport): string[] {
  const { repository, record } = survey;
  const { update } = repository;
  const offered = update?.state === 'open' ? `#${update.number} open` : '';
  return [repository.name, record.kind, record.version, filesText(files), missing.join(', '), offered];
}

export const REPORT_HEAD: readonly string[] = [
  'repository',
  'kind',
  'template',
  'files',
  'missing',
  'update',
];
