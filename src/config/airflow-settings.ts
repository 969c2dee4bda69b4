import { z } from 'zod';
import { storeUrlProblem } from './store-url.ts';

/** How an environment's Airflow gets a team's DAGs and variables. */
export interface AirflowSettings {
  /** Where its DAG bundle reads: `s3://bucket/prefix`, `file:///folder` or `git+https://host/path.git#branch`. */
  readonly dags?: string;
  /** Address of its REST API; absent = variables are imported by hand. */
  readonly api?: string;
}

const GIT = /^git\+(https|ssh|file):\/\/[^\s#]+#[^\s#]+$/;

/** Keys of one environment under `airflow` of `hermes.yaml`. */
export const airflowSettingsSchema = z.strictObject({
  dags: z
    .string()
    .superRefine((url, context) => {
      const message = dagsUrlProblem(url);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .optional()
    .describe(
      'Where the DAG bundle reads: s3://bucket/prefix, file:///folder or git+https://host/path.git#branch',
    ),
  api: z
    .string()
    .superRefine((url, context) => {
      const message = apiUrlProblem(url);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .optional()
    .describe('Address of the REST API of Airflow: https://airflow.acme.com'),
});

/** Why DAGs cannot be deployed to a URL, or undefined when they can. Never repeats what may be a password. */
export function dagsUrlProblem(url: string): string | undefined {
  if (!url.startsWith('git+')) {
    const problem = storeUrlProblem(url);
    return problem === undefined
      ? undefined
      : problem.replace(
          / is neither .*$/,
          ' is none of s3://bucket/prefix, file:///folder and git+https://host/path.git#branch.',
        );
  }
  if (/^git\+\w+:\/\/[^/]*:[^/]*@/.test(url))
    return 'must hold no password: git asks its own credential helper, or the key of ssh.';
  if (GIT.test(url)) return undefined;
  if (!url.includes('#')) return `${JSON.stringify(url)} names no branch. For example: ${url}#main`;
  return `${JSON.stringify(url)} is no repository. Write it as git+https://host/path.git#branch, git+ssh://git@host/path.git#branch or git+file:///folder.git#branch.`;
}

function apiUrlProblem(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.password !== undefined && parsed.password !== '')
    return 'must hold no password: it comes from AIRFLOW_API_TOKEN, or AIRFLOW_API_USER and AIRFLOW_API_PASSWORD.';
  if (parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.search + parsed.hash === '')
    return undefined;
  return `${JSON.stringify(url)} is no address. For example: https://airflow.acme.com`;
}
