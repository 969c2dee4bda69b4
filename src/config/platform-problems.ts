import { type Problem, sortProblems } from '../core/problems.ts';
import { findSourceProblems, placeProblem } from '../core/schema-problems.ts';
import type { SourceDocument } from '../core/source-document.ts';
import type { TeamVariable } from './environment.ts';
import { fillIn, type PlatformValues, platformEnvironmentSchema, platformSchema } from './platform-schema.ts';
import { findBrokenRules } from './team-variable.ts';

type Given = Partial<PlatformValues>;
/** `written` holds every key, also those whose values are not sound. */
type Environment = readonly [name: string, given: Given, written: Readonly<Record<string, unknown>>];

/**
 * Every mistake in the platform's file. What one key says is judged also where another is unknown, missing or wrong.
 * A place that is wrong for several teams is told for the first.
 * @param kind What an unknown key is not: `a key of hermes.platform.yaml`.
 */
export function findPlatformProblems(
  document: SourceDocument,
  teams: readonly string[],
  kind: string,
): Problem[] {
  const rounds = [
    placeholderProblems(document, document.value, []),
    ...(teams.length === 0 ? ['team'] : teams).map((team) => {
      const own = { ...document, value: fillIn(document.value, team), typed: () => undefined };
      const wrong = findSourceProblems(platformSchema, own, { kindOfKey: () => kind });
      return [...wrong, ...agreementProblems(own)];
    }),
  ];
  const known = new Set<string>();
  const found = rounds.flatMap((round) => {
    const fresh = round.filter((problem) => !known.has(placeOf(problem)));
    for (const problem of fresh) known.add(placeOf(problem));
    return fresh;
  });
  return sortProblems(found);
}

function placeOf({ line, column }: Problem): string {
  return `${line}:${column}`;
}

function placeholderProblems(
  document: SourceDocument,
  value: unknown,
  path: readonly PropertyKey[],
): Problem[] {
  if (typeof value === 'string') {
    const unknown = /\{(?!team\})[^{}]*\}/.exec(value)?.[0];
    if (unknown === undefined) return [];
    const message = `${path.join('.')}: ${unknown} stands for nothing; {team} stands for the name of the team.`;
    return [placeProblem({ path, part: 'value', message }, document)];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => placeholderProblems(document, item, [...path, key]));
}

/** What no schema can say. */
function agreementProblems(document: SourceDocument): Problem[] {
  const all = soundEnvironments(document.value);
  return all.flatMap(([name, given, written], index) =>
    [
      ...ruleProblems(given),
      ...policyProblems(given, written),
      ...sharedPlaces(given, all.slice(0, index)),
    ].map(({ key, message }) => {
      const path = ['environments', name, key];
      return placeProblem({ path, part: 'value', message: `${path.join('.')} ${message}` }, document);
    }),
  );
}

/** Of each environment the keys whose own values are sound. */
function soundEnvironments(value: unknown): Environment[] {
  const environments = keysOf(keysOf(value).environments);
  return Object.entries(environments).map(([name, values]) => {
    const own = keysOf(values);
    const sound = Object.entries(platformEnvironmentSchema.shape).filter(
      ([key, schema]) => own[key] !== undefined && schema.safeParse(own[key]).success,
    );
    return [name, Object.fromEntries(sound.map(([key]) => [key, own[key]])) as Given, own];
  });
}

function keysOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

interface Disagreement {
  readonly key: string;
  /** Continues the path of the key. */
  readonly message: string;
}

/** What is not given agrees with everything. */
function ruleProblems(given: Given): Disagreement[] {
  const place = given.artifacts ?? given.products_zone ?? 'file:';
  const variable: TeamVariable = {
    environment: '',
    production: given.production ?? false,
    artifacts: place,
    cluster_policy_id: '',
    read_prefix: given.read_prefix ?? '',
    products_zone: given.products_zone ?? place,
    ...(given.uploads === undefined ? {} : { uploads: given.uploads }),
    databricks_conn_id: '',
    datadog: { site: '', tags: [] },
  };
  return findBrokenRules(variable).filter(({ key }) => key !== 'cluster_policy_id');
}

function policyProblems({ artifacts }: Given, written: Environment[2]): Disagreement[] {
  const given = ['cluster_policy', 'cluster_policy_id'].filter((key) => written[key] !== undefined).length;
  if (given === 2)
    return [
      { key: 'cluster_policy', message: 'and cluster_policy_id both name the policy; keep one of them.' },
    ];
  if (given === 1 || artifacts === undefined || artifacts.startsWith('file:')) return [];
  const message = 'is missing: name a policy that stands, or the file of a definition as cluster_policy.';
  return [{ key: 'cluster_policy_id', message }];
}

/** What production has to itself: a copied line would let development write there. */
function sharedPlaces(given: Given, earlier: readonly Environment[]): Disagreement[] {
  return (['artifacts', 'products_zone', 'dags'] as const).flatMap((key) => {
    const twin = earlier.find(
      ([, other]) =>
        [other.production, given.production].every((value) => value !== undefined) &&
        other.production !== given.production &&
        isSamePlace(other[key], given[key]),
    );
    if (twin === undefined) return [];
    return [{ key, message: `is also that of ${twin[0]}: production has places of its own.` }];
  });
}

function isSamePlace(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a.replace(/\/+$/, '') === b.replace(/\/+$/, '');
}
