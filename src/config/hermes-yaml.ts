import { dirname } from 'node:path';
import semver from 'semver';
import { z } from 'zod';
import { ConfigError } from '../core/errors.ts';
import { teamNameProblem } from '../core/names.ts';
import { nearestFile, shownPath } from '../core/nearest-file.ts';
import { hermesVersion } from '../core/package-root.ts';
import { ProblemsError } from '../core/problems.ts';
import { findSourceProblems } from '../core/schema-problems.ts';
import { isSlipOf } from '../core/suggest.ts';
import { type AirflowSettings, airflowSettingsSchema } from './airflow-settings.ts';
import { readYaml } from './read-yaml.ts';
import { storeUrlProblem } from './store-url.ts';

const FILE = 'hermes.yaml';

/** What a repository says about itself. */
export interface HermesYaml {
  /** Range of Hermes versions that may work on the repository, as npm writes it. */
  readonly hermes: string;
  readonly team: string;
  /** The branch whose builds go to production; absent = what the repository's origin says. */
  readonly defaultBranch?: string;
  /** Artifact store of each environment; an environment that is absent is embedded on this machine. */
  readonly artifacts: Readonly<Record<string, string>>;
  /** Airflow of each environment, in a repository of DAGs; one that is absent is a folder on this machine. */
  readonly airflow: Readonly<Record<string, AirflowSettings>>;
  /** Absolute path of the folder that holds the file. */
  readonly folder: string;
}

const environmentName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*$/, 'An environment is named in lower-case letters, as dev or prod.');

/** The file's keys. */
const hermesYamlSchema = z.strictObject({
  hermes: z
    .string()
    .refine((range) => semver.validRange(range) !== null, 'is not a range of versions. For example: ^1.0')
    .describe('Range of Hermes versions that may work on this repository, as npm writes it: ^1.0'),
  team: z
    .string()
    .superRefine((team, context) => addIssue(context, teamNameProblem(team)))
    .describe('Team that owns the repository; also its Databricks group'),
  default_branch: z.string().min(1).optional().describe('Branch whose builds go to production'),
  artifacts: z
    .record(
      environmentName,
      z.string().superRefine((url, context) => addIssue(context, storeUrlProblem(url))),
    )
    .superRefine(refuseMisspelt('store'))
    .default({})
    .describe('Artifact store of each environment: s3://bucket/prefix or file:///folder'),
  airflow: z
    .record(environmentName, airflowSettingsSchema)
    .superRefine(refuseMisspelt('Airflow'))
    .default({})
    .describe('Airflow of each environment: where it reads DAGs, and its REST API'),
});

/**
 * Reads the nearest `hermes.yaml`, from `folder` upwards to the root of the git repository.
 * @param shownFrom Problems name the file as seen from there.
 * @returns undefined when there is none.
 * @throws ProblemsError with every mistake; ConfigError when the running Hermes is outside the file's range.
 */
export function readHermesYaml(folder: string, shownFrom: string = folder): HermesYaml | undefined {
  const path = nearestFile(folder, FILE);
  if (path === undefined) return undefined;
  const file = shownPath(path, shownFrom);
  const document = readYaml(path, file);
  const found = findSourceProblems(hermesYamlSchema, document, { kindOfKey: () => `a key of ${FILE}` });
  if (found.length > 0) throw new ProblemsError(found);
  const { default_branch, artifacts, airflow, ...rest } = hermesYamlSchema.parse(document.value);
  requireVersion(rest.hermes, file);
  return {
    ...rest,
    ...(default_branch === undefined ? {} : { defaultBranch: default_branch }),
    artifacts: mapValues(artifacts, (url) => url.replace(/\/+$/, '')),
    airflow: airflow as HermesYaml['airflow'],
    folder: dirname(path),
  };
}

function requireVersion(range: string, file: string): void {
  if (semver.satisfies(hermesVersion, range, { includePrerelease: true })) return;
  throw new ConfigError(
    `Cannot work on this repository: ${file} asks for Hermes ${range}, this is ${hermesVersion}.`,
    {
      code: 'HERMES_VERSION_RANGE',
      nextStep: `Use such a Hermes (npx hermes-data-products@'${range}' …), or change \`hermes\` in ${file} once the repository is ready for ${hermesVersion}.`,
    },
  );
}

/** A misspelt `prod` would leave production embedded: a release would go to a folder of the machine that CI runs on. */
function refuseMisspelt(what: string) {
  return (named: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    for (const meant of ['dev', 'prod'].filter((name) => !(name in named))) {
      for (const name of Object.keys(named).filter((given) => isSlipOf(given, meant))) {
        const message = `did you mean ${meant}? If not, name the ${what} of ${meant} too.`;
        context.addIssue({ code: 'custom', path: [name], message });
      }
    }
  };
}

function addIssue(context: z.RefinementCtx, message: string | undefined): void {
  if (message !== undefined) context.addIssue({ code: 'custom', message });
}

function mapValues(record: Readonly<Record<string, string>>, change: (value: string) => string) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
