import type { FleetRepository } from '../../github/fleet/repository-fleet.ts';
import { isDrift } from '../../templates/drift.ts';
import { RECORD_PATH } from '../../templates/template-record.ts';
import { renderTable } from '../table.ts';
import { lostRepository } from './lost-repository.ts';
import { type EnvironmentBranches, type MissingSetting, missingSettings } from './missing-settings.ts';
import type { Survey, SurveyedRepository } from './survey-repository.ts';

/** What a repository of Hermes lacks. */
export interface RepositoryReport {
  readonly survey: SurveyedRepository;
  /** Managed files that are not as the template. */
  readonly files: SurveyedRepository['plan'];
  readonly missingSettings: readonly MissingSetting[];
}

/** What a look at many repositories found. */
export interface FleetReport {
  readonly repositories: readonly RepositoryReport[];
  readonly drifted: readonly RepositoryReport[];
  readonly unreadable: readonly (Survey & { readonly is: 'unreadable' })[];
  /** Without a record, but Hermes made them. */
  readonly lost: readonly { readonly repository: FleetRepository; readonly trouble: string }[];
  /** Named by the user, and still none that is looked at. */
  readonly passedOver: readonly { readonly repository: FleetRepository; readonly reason: string }[];
  readonly archived: number;
  /** Not made by Hermes. */
  readonly foreign: number;
}

/** What was asked, beside the repositories themselves. */
export interface FleetQuestion {
  /** The organisation; undefined = this machine. */
  readonly owner?: string;
  /** What the platform wants the default branch to be called; undefined = whatever it is. */
  readonly defaultBranch?: string;
  /** Whether the user named the repositories. */
  readonly isNamed: boolean;
  /** Of the environments of each repository, by its name, as far as they were asked for. */
  readonly branches?: ReadonlyMap<string, EnvironmentBranches>;
}

/** Sorts out what was found. Pure. */
export function reportFleet(
  surveys: readonly Survey[],
  { owner, defaultBranch, isNamed, branches = new Map() }: FleetQuestion,
): FleetReport {
  const lost = surveys.flatMap(({ is, repository }) => {
    const trouble = is === 'foreign' ? lostRepository(repository, owner) : undefined;
    return trouble === undefined ? [] : [{ repository, trouble }];
  });
  const isLost = (survey: Survey) => lost.some(({ repository }) => repository === survey.repository);
  const repositories = surveys
    .filter((survey) => survey.is === 'hermes')
    .map((survey) => {
      const settings = missingSettings(
        survey,
        defaultBranch,
        branches.get(survey.repository.name) ?? new Map(),
      );
      return { survey, files: survey.plan.filter(isDrift), missingSettings: settings };
    });
  return {
    repositories,
    drifted: repositories.filter(({ files, missingSettings }) => files.length + missingSettings.length > 0),
    unreadable: surveys.filter((survey) => survey.is === 'unreadable'),
    lost,
    passedOver: isNamed ? surveys.filter((survey) => !isLost(survey)).flatMap(passOver) : [],
    archived: surveys.filter((survey) => survey.is === 'archived').length,
    foreign: surveys.filter((survey) => survey.is === 'foreign' && !isLost(survey)).length,
  };
}

function passOver({ is, repository }: Survey): FleetReport['passedOver'] {
  if (is === 'archived') return [{ repository, reason: 'archived: nobody can change it' }];
  if (is === 'foreign') return [{ repository, reason: `not made by Hermes: it has no ${RECORD_PATH}` }];
  return is === 'other kind' ? [{ repository, reason: 'of another kind' }] : [];
}

/** `2 behind, 1 changed by hand` */
function filesText(files: SurveyedRepository['plan']): string {
  const counts = new Map<string, number>();
  for (const { state } of files) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}

/** `80 repositories, 3 drifted · 12 archived, 40 not of Hermes` */
export function totalsText(report: FleetReport): string {
  const { repositories, drifted, unreadable, lost, archived, foreign } = report;
  const others = [
    ...(lost.length > 0 ? [`${lost.length} not whole`] : []),
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
    missingSettings: missing.map(({ text }) => text),
    ...(update === undefined ? {} : { update: { url: update.url, state: update.state } }),
  };
}

/** A table; where it would be cut, the same in lines one below the other. Pure. */
export function reportLines(reports: readonly RepositoryReport[], width = Infinity): string[] {
  const rows = reports.map(reportRow);
  const table = renderTable(REPORT_HEAD, rows);
  if (table.every(({ length }) => length <= width)) return table;
  return rows.flatMap(([name = '', kind = '', version = '', ...facts]) => [
    `${name}  ${kind}  ${version}`,
    ...facts.flatMap((text, index) =>
      text === '' ? [] : [`  ${(REPORT_HEAD[index + 3] ?? '').padEnd(8)} ${text}`],
    ),
  ]);
}

function reportRow({ survey, files, missingSettings: missing }: RepositoryReport): string[] {
  const { repository, record } = survey;
  const { update } = repository;
  const offered =
    update === undefined || update.state === 'merged' ? '' : `#${update.number} ${update.state}`;
  return [
    repository.name,
    record.kind,
    record.version,
    filesText(files),
    missing.map(({ text }) => text).join(', '),
    offered,
  ];
}

const REPORT_HEAD: readonly string[] = ['repository', 'kind', 'template', 'files', 'missing', 'update'];
