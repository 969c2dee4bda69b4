import { ConfigError } from '../../core/errors.ts';
import { looksLikeLink, parseRunLink, type RunLink } from '../../databricks/runs/run-link.ts';

/** What a person typed for RUN. */
export type RunReference =
  /** `last`, a DAG run id, or `dag/run id`. */
  | { readonly kind: 'name'; readonly text: string }
  /** The id of a Databricks run, or of a task run in it. */
  | {
      readonly kind: 'databricks';
      readonly text: string;
      readonly runId: string;
      /** When it came as a link. */
      readonly link?: RunLink;
    };

/** Ids are int64 (https://docs.databricks.com/api/workspace/jobs/getrun). */
const LARGEST_ID = 2n ** 63n - 1n;

/** Reads a RUN argument. @throws ConfigError for a link that leads to no run, and a number that no run has */
export function parseRunReference(text: string): RunReference {
  const link = parseRunLink(text);
  if (link !== undefined) return { kind: 'databricks', text, runId: requireId(link.runId), link };
  if (looksLikeLink(text)) {
    throw new ConfigError(`Cannot find a run by the link ${text}: it leads to no run`, {
      code: 'HERMES_RUN_LINK',
      nextStep: "Copy the address of the run's own page, in quotes: 'https://HOST/jobs/41/runs/1207'",
    });
  }
  return /^\d+$/.test(text)
    ? { kind: 'databricks', text, runId: requireId(BigInt(text).toString()) }
    : { kind: 'name', text };
}

function requireId(runId: string): string {
  if (BigInt(runId) <= LARGEST_ID) return runId;
  throw new ConfigError(`Cannot find run ${runId}: ids of runs go up to ${LARGEST_ID}`, {
    code: 'HERMES_RUN_ID',
    nextStep: 'Copy the id, or the link of the run, once more.',
  });
}
