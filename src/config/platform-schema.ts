import { z } from 'zod';
import { airflowSettingsSchema } from './airflow-settings.ts';
import { githubDefaultsSchema } from './github-defaults.ts';
import { environmentName, teamVariableShape } from './team-variable.ts';

/** Keys of an environment in the platform's file. */
export const platformEnvironmentSchema = z.strictObject({
  ...teamVariableShape,
  cluster_policy_id: z.string().min(1).optional(),
  cluster_policy: z.string().min(1).optional(),
  profile: z.string().min(1).optional(),
  dags: airflowSettingsSchema.shape.dags,
  airflow_api: airflowSettingsSchema.shape.api,
});

/** The platform's file. Whoever is after repositories on GitHub only writes nothing of environments. */
export const platformSchema = z.strictObject({
  github: githubDefaultsSchema.optional(),
  environments: z
    .record(
      z.string().refine((name) => environmentName.safeParse(name).success, {
        error: 'An environment is named in lower-case letters, as dev or prod.',
      }),
      platformEnvironmentSchema,
    )
    .refine((environments) => Object.keys(environments).length > 0, {
      error: 'no environment is described. Name at least one, as dev.',
    })
    .optional(),
});

/** What the file says of an environment. */
export type PlatformValues = z.infer<typeof platformEnvironmentSchema>;

/** Where names hold no dash: the team's become `_`, as in the name of its variable. */
const PLAIN_NAMES = new Set(['products_databases', 'read_prefix']);

/** A value with the name of a team for `{team}` in every text. */
export function fillIn(value: unknown, team: string): unknown {
  if (typeof value === 'string') return value.replaceAll('{team}', team);
  if (Array.isArray(value)) return value.map((item) => fillIn(item, team));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      fillIn(item, PLAIN_NAMES.has(key) ? team.replaceAll('-', '_') : team),
    ]),
  );
}
