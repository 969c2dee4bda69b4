import { z } from 'zod';
import { ownTagProblem, parseTag, tagLine } from '../core/tags.ts';
import type { TeamVariable } from './environment.ts';
import { storeUrlProblem } from './store-url.ts';

const url = z.string().superRefine((text, context) => {
  const message = storeUrlProblem(text);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** As Datadog keeps it: the list is handed on to every run as it stands. */
const datadogTag = z.string().superRefine((text, context) => {
  const tag = parseTag(text);
  const line = tag === undefined ? undefined : tagLine(tag);
  const message =
    line === undefined
      ? `${JSON.stringify(text)} must be key:value.`
      : (ownTagProblem(text) ??
        (line === text ? undefined : `${JSON.stringify(text)} must be written as Datadog keeps it: ${line}`));
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** What the name of an environment may be: it is also the name of a file. */
export const environmentName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*$/, 'lower-case letters, digits, "_" and "-" only');

/** The keys of a team's variable but for the environment's own name. */
export const teamVariableShape = {
  production: z.boolean(),
  artifacts: url,
  cluster_policy_id: z.string(),
  read_prefix: z.string().regex(/^[a-z0-9_]*$/, 'lower-case letters, digits and "_" only'),
  products_zone: url,
  products_databases: z
    .array(z.string().regex(/^[a-z0-9_]+$/, 'lower-case letters, digits and "_" only'))
    .optional(),
  uploads: url.optional(),
  databricks_conn_id: z.string().min(1),
  aws_conn_id: z.string().min(1).optional(),
  datadog: z.strictObject({ site: z.string().min(1), tags: z.array(datadogTag) }),
};

/** The Airflow variable `hermes_<team>`: one JSON value per team and environment, written by the platform. */
export const teamVariableSchema = z.strictObject({ environment: environmentName, ...teamVariableShape });

/** A value that does not agree with another one. */
export interface BrokenRule {
  readonly key: keyof TeamVariable;
  /** Continues the name of the key: `must be empty in production …`. */
  readonly message: string;
}

/** What no schema can say: values of a team's variable that must agree with each other. Pure. */
export function findBrokenRules(variable: TeamVariable): BrokenRule[] {
  const isEmbedded = variable.artifacts.startsWith('file:');
  const rules: readonly [boolean, keyof TeamVariable, string][] = [
    [
      variable.production && variable.read_prefix !== '',
      'read_prefix',
      `= ${JSON.stringify(variable.read_prefix)} must be empty in production: it reads its own data only.`,
    ],
    [
      variable.production && variable.uploads !== undefined,
      'uploads',
      'has no place in production: its data comes from pipelines.',
    ],
    [
      !isEmbedded && variable.cluster_policy_id === '',
      'cluster_policy_id',
      'is empty; the platform sets it when it enrols the team.',
    ],
    [
      variable.products_zone.startsWith('file:') !== isEmbedded,
      'products_zone',
      'and artifacts must both be on S3, or both be folders of this machine.',
    ],
  ];
  return rules.flatMap(([broken, key, message]) => (broken ? [{ key, message }] : []));
}
