import { printableLine } from '../../core/printable.ts';
import type { VariableChanges } from '../../engines/airflow/deploy/compare-variables.ts';
import type { Standing } from '../../engines/airflow/deploy/deploy-home.ts';
import type { DeployRecord } from '../../engines/airflow/deploy/deploy-record.ts';
import type { DeployPlan } from '../../engines/airflow/deploy/plan-deploy.ts';
import type { Cli } from '../cli.ts';
import { counted, minuteText } from '../table.ts';
import type { DeployPlace } from './deploy-place.ts';

/** More DAGs than this are not listed one by one. */
const LISTED = 20;

/** What a deploy does or did, for people. */
export function deployLines(
  cli: Cli,
  { home, team, environment }: DeployPlace,
  plan: DeployPlan,
  variables: readonly string[] = [],
): string[] {
  const { added, changed, removed, unchanged } = plan.dags;
  const { record } = plan.deploy;
  const head = `${team} · ${environment} · ${commitText(record)} → ${home.url}`;
  const rows = [
    ...added.map((id) => `  ${cli.style('green', '+')} ${printableLine(id)}`),
    ...changed.map((id) => `  ${cli.style('yellow', '~')} ${printableLine(id)}`),
    ...removed.map((id) => `  ${cli.style('red', '-')} ${printableLine(id)}`),
  ];
  const shown = rows.length > LISTED + 1 ? rows.slice(0, LISTED) : rows;
  const more = rows.length > shown.length ? [`  … and ${rows.length - shown.length} more`] : [];
  const counts = [
    [added, 'added'],
    [changed, 'changed'],
    [removed, 'removed'],
    [unchanged, 'unchanged'],
  ] as const;
  const words = counts.filter(([ids]) => ids.length > 0).map(([ids, word]) => `${ids.length} ${word}`);
  const gone = removed.length === 0 ? [] : [removalLine(removed.length, home.url)];
  const total = counted(record.dags, 'DAG');
  return [
    head,
    ...variables,
    ...shown,
    ...more,
    `${total}${words.length === 0 ? '' : `: ${words.join(', ')}`}`,
    ...gone,
  ];
}

/** Airflow starts every task with the code that is there, except from a bundle with versions. */
function removalLine(count: number, url: string): string {
  const kept = 'Airflow deactivates what is removed, and keeps its history';
  if (url.startsWith('git+')) return `${kept}; active runs go on with the version that they began with.`;
  return `${kept}; active runs of ${count === 1 ? 'it' : 'them'} start no further task.`;
}

/** Says once that another deploy is at work. */
export function waiting(cli: Cli): (standing: Standing) => void {
  return ({ current }) => {
    if (current === undefined) return;
    const { number, by } = current.record;
    cli.note(`Deploy ${number} of ${printableLine(by)} is at work, or died at it: waiting …`);
  };
}

/** `12  2026-11-21 06:00  3f1c2aa  ana` and what it changed. */
export function deployRow(record: DeployRecord, mark: string): string[] {
  const { number, at, by, added, changed, removed, dags, restores, reason } = record;
  const change = [
    [added, '+'],
    [changed, '~'],
    [removed, '-'],
  ] as const;
  const words = change.filter(([count]) => count > 0).map(([count, sign]) => `${sign}${count}`);
  const note = [
    ...(restores === undefined ? [] : [`back to ${restores}`]),
    ...(reason === undefined ? [] : [printableLine(reason)]),
  ];
  return [
    String(number),
    mark,
    minuteText(at),
    commitText(record),
    printableLine(by),
    String(dags),
    words.join(' '),
    note.join(': '),
  ];
}

export const DEPLOY_HEAD = ['DEPLOY', '', 'WHEN (UTC)', 'COMMIT', 'WHO', 'DAGS', 'CHANGE', ''];

/** What a deploy or a rollback does or did, as `--json` prints it. */
export function deployedObject(
  { home, environment, team }: DeployPlace,
  { kind, dags, deploy: { record } }: DeployPlan,
  isDone: boolean,
  variables?: VariableChanges,
): object {
  const { added, changed, removed } = dags;
  const deployed = isDone && kind !== 'nothing';
  return {
    ...{ team, environment, to: home.url, kind, deployed, added, changed, removed },
    ...(variables === undefined
      ? {}
      : { variables: { ...variables, unchanged: variables.unchanged.length } }),
    deploy: deployObject(record),
  };
}

/** A deploy as `--json` prints it. */
export function deployObject({ files, build, ...record }: DeployRecord): object {
  return { ...record, build: build.slice(0, 12), files: Object.keys(files) };
}

function commitText({ commit, edited }: DeployRecord): string {
  if (commit === undefined) return 'no commit';
  return `${commit.slice(0, 7)}${edited === true ? '+edits' : ''}`;
}
