import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { readSourceFile } from '../core/file-trouble.ts';
import { nearestFile, shownPath } from '../core/nearest-file.ts';
import { type Problem, ProblemsError, sortProblems } from '../core/problems.ts';
import { findSourceProblems, placeProblem } from '../core/schema-problems.ts';
import { parseYaml, type SourceDocument } from '../core/source-document.ts';
import type { TeamVariable } from './environment.ts';
import { environmentName, findBrokenRules, teamVariableShape } from './team-variable.ts';

/** The platform's own file: what every team gets in each environment. */
export const PLATFORM_FILE = 'hermes.platform.yaml';

/** An environment as the platform describes it. */
export interface PlatformEnvironment {
  readonly name: string;
  /** Absolute path of the policy's definition; absent when `cluster_policy_id` names a policy that stands. */
  readonly policyFile?: string;
  /** Profile of `~/.databrickscfg` by which the policy is made. */
  readonly profile?: string;
  /** The variable of a team; the id of its policy is empty where a definition is named. */
  readonly variableOf: (team: string) => TeamVariable;
}

/** What {@link PLATFORM_FILE} says. */
export interface PlatformFile {
  /** As the user would type it. */
  readonly file: string;
  readonly environments: readonly PlatformEnvironment[];
}

const environmentSchema = z.strictObject({
  ...teamVariableShape,
  cluster_policy_id: z.string().min(1).optional(),
  cluster_policy: z.string().min(1).optional(),
  profile: z.string().min(1).optional(),
});
const platformSchema = z.strictObject({
  environments: z.record(
    z.string().refine((name) => environmentName.safeParse(name).success, {
      error: 'An environment is named in lower-case letters, as dev or prod.',
    }),
    environmentSchema,
  ),
});

type Values = z.infer<typeof environmentSchema>;

/** Where names hold no dash: the team's become `_`, as in the name of its variable. */
const PLAIN_NAMES = new Set(['products_databases', 'read_prefix']);

/** The nearest {@link PLATFORM_FILE} upwards from a folder; undefined when there is none. */
export function findPlatformFile(folder: string): string | undefined {
  return nearestFile(folder, PLATFORM_FILE);
}

/**
 * Reads the platform's file and fills it in for the teams that are about to be enrolled.
 * @param shownFrom Problems name the file as seen from there.
 * @throws ProblemsError with every mistake, also those that only the name of one team makes
 */
export function readPlatformFile(path: string, shownFrom: string, teams: readonly string[]): PlatformFile {
  const file = shownPath(path, shownFrom);
  const { documents, problems } = parseYaml(file, readSourceFile(path, file));
  if (problems.length > 0) throw new ProblemsError(problems);
  const [document] = documents;
  if (document === undefined)
    throw new ProblemsError([{ file, line: 1, column: 1, message: 'The file is empty.' }]);
  const wrong = findProblems(document, teams);
  if (wrong.length > 0) throw new ProblemsError(wrong);
  const { environments } = platformSchema.parse(filled(document.value, teams[0] ?? 'team'));
  const raw = (document.value as { environments: Record<string, Values> }).environments;
  return {
    file,
    environments: Object.entries(environments).map(([name, { cluster_policy, profile }]) => ({
      name,
      ...(cluster_policy === undefined ? {} : { policyFile: resolve(dirname(path), cluster_policy) }),
      ...(profile === undefined ? {} : { profile }),
      variableOf: (team) => variableOf(name, filled(raw[name], team) as Values),
    })),
  };
}

function variableOf(environment: string, values: Values): TeamVariable {
  const { production, artifacts, cluster_policy_id = '', read_prefix, products_zone } = values;
  const { products_databases, uploads, databricks_conn_id, aws_conn_id, datadog } = values;
  return {
    environment,
    production,
    artifacts,
    cluster_policy_id,
    read_prefix,
    products_zone,
    ...(products_databases === undefined ? {} : { products_databases }),
    ...(uploads === undefined ? {} : { uploads }),
    databricks_conn_id,
    ...(aws_conn_id === undefined ? {} : { aws_conn_id }),
    datadog,
  };
}

/** `{team}` in every text of a value. */
function filled(value: unknown, team: string): unknown {
  if (typeof value === 'string') return value.replaceAll('{team}', team);
  if (Array.isArray(value)) return value.map((item) => filled(item, team));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      filled(item, PLAIN_NAMES.has(key) ? team.replaceAll('-', '_') : team),
    ]),
  );
}

/** Each place once: what is wrong for one team is wrong for the next. */
function findProblems(document: SourceDocument, teams: readonly string[]): Problem[] {
  const found = [...placeholderProblems(document, document.value, [])];
  for (const team of teams.length === 0 ? ['team'] : teams) {
    const own = { ...document, value: filled(document.value, team), typed: () => undefined };
    const wrong = findSourceProblems(platformSchema, own, { kindOfKey: () => `a key of ${PLATFORM_FILE}` });
    found.push(...(wrong.length > 0 ? wrong : [...ruleProblems(own), ...sharedPlaces(own)]));
  }
  const places = new Set<string>();
  return sortProblems(found).filter(({ line, column }) => {
    const place = `${line}:${column}`;
    return places.has(place) ? false : places.add(place);
  });
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

function ruleProblems(document: SourceDocument): Problem[] {
  const { environments } = platformSchema.parse(document.value);
  return Object.entries(environments).flatMap(([name, values]) => {
    const variable = variableOf(name, values);
    const rules = findBrokenRules(variable).filter(({ key }) => key !== 'cluster_policy_id');
    return [...rules, ...policyRule(values)].map(({ key, message }) => {
      const path = ['environments', name, key];
      return placeProblem({ path, part: 'value', message: `${path.join('.')} ${message}` }, document);
    });
  });
}

/** What production has to itself: a copied line would let development write there. */
function sharedPlaces(document: SourceDocument): Problem[] {
  const all = Object.entries(platformSchema.parse(document.value).environments);
  return all.flatMap(([name, values], index) =>
    (['artifacts', 'products_zone'] as const).flatMap((key) => {
      const twin = all
        .slice(0, index)
        .find(([, other]) => other.production !== values.production && isSamePlace(other[key], values[key]));
      if (twin === undefined) return [];
      const path = ['environments', name, key];
      const message = `${path.join('.')} is also that of ${twin[0]}: production has places of its own.`;
      return [placeProblem({ path, part: 'value', message }, document)];
    }),
  );
}

function isSamePlace(a: string, b: string): boolean {
  return a.replace(/\/+$/, '') === b.replace(/\/+$/, '');
}

function policyRule({ artifacts, cluster_policy, cluster_policy_id }: Values): {
  key: string;
  message: string;
}[] {
  const given = [cluster_policy, cluster_policy_id].filter((value) => value !== undefined).length;
  if (given === 2)
    return [
      { key: 'cluster_policy', message: 'and cluster_policy_id both name the policy; keep one of them.' },
    ];
  if (given === 1 || artifacts.startsWith('file:')) return [];
  const message = 'is missing: name a policy that stands, or the file of a definition as cluster_policy.';
  return [{ key: 'cluster_policy_id', message }];
}
