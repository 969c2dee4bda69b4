import { teamVariableName } from '../../config/environment.ts';
import type { HermesError } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import { counted, renderTable } from '../table.ts';
import type { EnrolledTeam } from './apply-team.ts';
import {
  completeVariable,
  type EnvironmentPlan,
  isEnrolled,
  type TeamPlan,
  type WantedEnvironment,
} from './team-plan.ts';

/** How enrolling a team went. */
export interface TeamOutcome {
  readonly team: string;
  /** Absent when it could not be planned. */
  readonly plan?: TeamPlan;
  /** Absent for a plan, and when it could not be carried out. */
  readonly enrolled?: EnrolledTeam;
  readonly error?: HermesError;
}

/** One team in full: every effect on a line of its own. */
export function teamLines(outcome: TeamOutcome, file: string): string[] {
  const { team, plan, enrolled } = outcome;
  if (plan === undefined) return [];
  const did = enrolled === undefined ? '+' : '✓';
  const width = Math.max('repository'.length, ...plan.environments.map(({ wanted }) => wanted.name.length));
  const line = (mark: string, subject: string, text: string) =>
    `  ${mark} ${subject.padEnd(width)}  ${printableLine(text)}`;
  const url = plan.repositoryUrl ?? enrolled?.repositoryUrl;
  return [
    team,
    plan.repositoryUrl === undefined
      ? line(did, 'repository', `${plan.repository} from the template${url === undefined ? '' : `: ${url}`}`)
      : line('=', 'repository', `${plan.repository} is there: ${url}`),
    ...plan.environments.flatMap((one) => environmentLines(team, one, outcome, file, line)),
    ...(enrolled?.commit === undefined ? [] : [line(did, 'commit', enrolled.commit.slice(0, 8))]),
  ];
}

function environmentLines(
  team: string,
  one: EnvironmentPlan,
  { enrolled }: TeamOutcome,
  file: string,
  line: (mark: string, subject: string, text: string) => string,
): string[] {
  const { wanted, policy, addsVariable, addsAirflow, differences } = one;
  const did = enrolled === undefined ? '+' : '✓';
  const id = enrolled?.policyIds.get(wanted.name) ?? one.found?.policyId;
  const named = `policy ${wanted.policy?.name ?? ''}${id === undefined ? '' : ` (${id})`}`;
  const at = `in ${one.found?.place ?? ''}`;
  const variable = `variable ${teamVariableName(team)}`;
  return [
    ...(policy === 'make' ? [line(did, wanted.name, `${named} ${at}, for group ${team}`)] : []),
    ...(policy === 'stands' ? [line('=', wanted.name, `${named} is there, ${at}`)] : []),
    addsVariable
      ? line(did, wanted.name, `${variable} in ${one.file}`)
      : line('=', wanted.name, `${variable} is there`),
    ...(addsVariable && enrolled === undefined ? valueLines(wanted.variable) : []),
    ...(addsAirflow ? [line(did, wanted.name, `airflow in hermes.yaml: ${airflowText(wanted)}`)] : []),
    ...differences.map(({ key, is, wanted: says }) =>
      line('!', wanted.name, `${key} stays ${shown(is)}; ${file} says ${shown(says)}`),
    ),
  ];
}

function airflowText({ airflow }: WantedEnvironment): string {
  return [airflow?.dags, airflow?.api].filter((text) => text !== undefined).join(', ');
}

function valueLines(variable: object): string[] {
  const entries = Object.entries(variable).filter(([, value]) => value !== '');
  const width = Math.max(...entries.map(([key]) => key.length));
  return entries.map(([key, value]) => `      ${key.padEnd(width)}  ${printableLine(shown(value))}`);
}

function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}

/** Many teams: a table, and what is to be read about some of them. */
export function tableLines(
  outcomes: readonly TeamOutcome[],
  environments: readonly string[],
  file: string,
  width: number | undefined,
): string[] {
  const head = ['TEAM', 'REPOSITORY', ...environments.map((name) => name.toUpperCase())];
  const rows = outcomes.map(({ team, plan, error, enrolled }) => [
    team,
    error !== undefined && enrolled === undefined ? '✗ failed' : repositoryCell(plan, enrolled !== undefined),
    ...environments.map((name) => environmentCell(plan, name, enrolled !== undefined)),
  ]);
  const remarks = outcomes.flatMap(({ team, plan }) =>
    (plan?.environments ?? []).flatMap(({ wanted, differences }) =>
      differences.map(({ key, is, wanted: says }) =>
        printableLine(`! ${team}: ${key} of ${wanted.name} stays ${shown(is)}; ${file} says ${shown(says)}`),
      ),
    ),
  );
  return [...renderTable(head, rows, width), ...remarks];
}

function repositoryCell(plan: TeamPlan | undefined, isDone: boolean): string {
  if (plan === undefined) return '';
  return plan.repositoryUrl === undefined ? `${isDone ? '✓' : '+'} ${plan.repository}` : 'there';
}

function environmentCell(plan: TeamPlan | undefined, name: string, isDone: boolean): string {
  const one = plan?.environments.find(({ wanted }) => wanted.name === name);
  if (one === undefined) return '';
  const made = [
    ...(one.addsVariable ? ['variable'] : []),
    ...(one.policy === 'make' ? ['policy'] : []),
    ...(one.addsAirflow ? ['airflow'] : []),
  ].join(', ');
  if (made !== '') return `${isDone ? '✓' : '+'} ${made}`;
  return one.differences.length > 0 ? 'there, differs' : 'there';
}

/** What it comes to: `Would make 1 repository, 2 variables, 2 policies for 1 team. 79 teams had everything.` */
export function summaryLine(
  outcomes: readonly TeamOutcome[],
  environments: readonly string[],
  isApplied: boolean,
): string {
  const plans = outcomes.flatMap(({ plan, error }) =>
    plan === undefined || error !== undefined ? [] : [plan],
  );
  const lacking = plans.filter((plan) => !isEnrolled(plan));
  const count = plans.length - lacking.length;
  const places = environments.join(' and ');
  if (lacking.length === 0 && plans.length === outcomes.length) {
    const who = plans.length === 1 ? `${plans[0]?.team} is` : `all ${plans.length} teams are`;
    return `Nothing to do: ${who} enrolled in ${places}.`;
  }
  const all = lacking.flatMap((plan) => plan.environments);
  const made = [
    counted(lacking.filter(({ repositoryUrl }) => repositoryUrl === undefined).length, 'repository'),
    counted(all.filter(({ addsVariable }) => addsVariable).length, 'variable'),
    counted(all.filter(({ policy }) => policy === 'make').length, 'policy'),
    counted(all.filter(({ addsAirflow }) => addsAirflow).length, 'Airflow setting'),
  ]
    .filter((text) => !text.startsWith('0 '))
    .map((text) => (text.startsWith('1 ') ? text : text.replace(/ys$/, 'ies')));
  const failed = outcomes.length - plans.length;
  const verb = isApplied ? 'Made' : 'Would make';
  return [
    ...(lacking.length === 0 ? [] : [`${verb} ${made.join(', ')} for ${counted(lacking.length, 'team')}.`]),
    ...(count === 0 ? [] : [`${counted(count, 'team')} had everything.`]),
    ...(failed === 0 ? [] : [`${counted(failed, 'team')} failed.`]),
  ].join(' ');
}

/** For programs. */
export function outcomeObject({ team, plan, enrolled, error }: TeamOutcome, isApplied: boolean): object {
  return {
    team,
    applied: isApplied && error === undefined,
    ...(plan === undefined ? {} : planObject(plan, enrolled)),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  };
}

function planObject(plan: TeamPlan, enrolled: EnrolledTeam | undefined): object {
  return {
    repository: {
      name: plan.repository,
      url: plan.repositoryUrl ?? enrolled?.repositoryUrl ?? null,
      action: plan.repositoryUrl === undefined ? 'make' : 'none',
    },
    environments: plan.environments.map((one) => {
      const { wanted, file, addsVariable, policy, found, differences } = one;
      const id = enrolled?.policyIds.get(wanted.name) ?? found?.policyId ?? null;
      return {
        environment: wanted.name,
        variable: {
          name: teamVariableName(plan.team),
          file,
          action: addsVariable ? 'add' : 'none',
          ...(addsVariable ? { value: completeVariable(wanted, id ?? undefined) } : {}),
          differences,
        },
        policy:
          wanted.policy === undefined || policy === 'none'
            ? null
            : { name: wanted.policy.name, id, action: policy === 'make' ? 'make' : 'none' },
        airflow:
          wanted.airflow === undefined
            ? null
            : { ...wanted.airflow, action: one.addsAirflow ? 'add' : 'none' },
      };
    }),
    commit: enrolled?.commit ?? null,
  };
}
