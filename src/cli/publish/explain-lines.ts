import type { CiExplanation, ExplainedProject } from '../../../ci/explain-ci.ts';
import { printableLine } from '../../core/printable.ts';
import type { Cli } from '../cli.ts';

const LABEL_WIDTH = 16;

const SYSTEMS: Readonly<Record<CiExplanation['event']['system'], string>> = {
  travis: 'Travis CI',
  github: 'GitHub Actions',
  gitlab: 'GitLab CI',
  jenkins: 'Jenkins',
  hand: 'no CI: by hand',
  unknown: 'unknown',
};

const OUTCOMES: Readonly<Record<CiExplanation['decision']['kind'], string>> = {
  release: 'development and production',
  feature: 'development only',
  nothing: 'nothing is published',
  open: 'development, perhaps production',
};

/** The explanation as lines for people. Every text from outside stays in its line and visible. */
export function explanationLines(explanation: CiExplanation, style: Cli['style']): string[] {
  const { team, event, decision, environments, projects, conditions } = explanation;
  const outcome = style('bold', OUTCOMES[decision.kind]);
  return [
    `${team} · ${printableLine(decision.reason)} → ${outcome}`,
    ...rows([
      ['system', [SYSTEMS[event.system]]],
      ['event', [[event.kind, event.reason].filter((part) => part !== undefined).join(': ')]],
      ...sourceRows(explanation),
    ]),
    ...rows([
      ['read from', Object.entries(event.evidence).map(([name, value]) => `${name}=${value}`)],
      [
        'environments',
        environments.map(
          ({ name, store, isWritten }) => `${name}  ${store}${isWritten ? '' : '  (not by this run)'}`,
        ),
      ],
      [
        'projects',
        projects.length === 0 ? ['none: no folder has a pyproject.toml'] : projects.map(projectText),
      ],
      ['still to be true', conditions],
    ]),
  ];
}

/** Branch, commit, target and default branch, as far as they are known. */
function sourceRows({ event, head, checkedOut, defaultBranch }: CiExplanation): Row[] {
  const other = event.commit === undefined || event.commit === head ? '' : `, CI speaks of ${event.commit}`;
  return [
    ['branch', optional(event.branch ?? checkedOut)],
    ['into', optional(event.target)],
    ['commit', [`${head}${other}`]],
    [
      'default branch',
      [
        defaultBranch === undefined
          ? 'not known here; origin is asked when publishing'
          : `${defaultBranch.name}, says ${defaultBranch.source}`,
      ],
    ],
    ['page', optional(event.runUrl)],
  ];
}

type Row = readonly [label: string, values: readonly string[]];

/** A label before the first of its values; a label without a value is left out. */
function rows(list: readonly Row[]): string[] {
  return list.flatMap(([label, values]) =>
    values.map(
      (value, index) => `  ${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}  ${printableLine(value)}`,
    ),
  );
}

function projectText({ name, version, releaseVersion }: ExplainedProject): string {
  const release = releaseVersion === undefined ? '' : `, as a release ${releaseVersion}`;
  return `${name}  ${version ?? '(its build says the version)'}${release}`;
}

function optional(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}
