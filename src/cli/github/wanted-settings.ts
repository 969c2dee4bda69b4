import type {
  EnvironmentSettings,
  MergeRules,
  RepositorySettings,
} from '../../github/repository-settings.ts';
import type { TemplateKind } from '../../templates/answers.ts';
import { describeRepository } from './template-mark.ts';

/** What every repository of a kind has; its workflow says why. */
interface KindSettings {
  readonly environments: readonly EnvironmentSettings[];
  readonly mergeRules: MergeRules;
}

/**
 * `checks` are names of jobs in `repo-template/<kind>/.github/workflows/`. GitHub takes a job that is skipped for one
 * that passed, so each job is named on which another one depends, and none that a push skips.
 */
const BY_KIND: Readonly<Record<TemplateKind, KindSettings>> = {
  product: {
    environments: [
      { name: 'dev', branches: 'any' },
      { name: 'prod', branches: 'default' },
    ],
    mergeRules: { approvals: 1, checks: ['test the pull request'] },
  },
  airflow: {
    environments: [
      { name: 'policy', branches: 'any' },
      { name: 'dev', branches: 'default' },
      { name: 'prod', branches: 'default' },
    ],
    mergeRules: { approvals: 1, checks: ['read the cluster policy', 'check, compile, load in Airflow'] },
  },
};

/** What every repository of a kind has on GitHub. */
export function kindSettings(kind: TemplateKind): KindSettings {
  return BY_KIND[kind];
}

/** What differs from one repository of a kind to the next. */
export type OwnSettings = Omit<RepositorySettings, 'description' | 'environments' | 'mergeRules'>;

/** What a repository of a kind is to be on GitHub. */
export function wantedSettings(kind: TemplateKind, team: string, own: OwnSettings): RepositorySettings {
  const what = describeRepository(kind, team);
  const description = `${what.charAt(0).toUpperCase()}${what.slice(1)}, made by Hermes`;
  return { ...own, description, ...BY_KIND[kind] };
}
