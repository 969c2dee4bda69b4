import { basename, extname } from 'node:path';
import { z } from 'zod';
import { readSourceFile } from '../../core/file-trouble.ts';
import { ProblemsError } from '../../core/problems.ts';
import { findSourceProblems } from '../../core/schema-problems.ts';
import { parseJsonSource, parseYaml, type SourceDocument } from '../../core/source-document.ts';
import { type RequestRule, requestRuleSchema } from './request-rule.ts';
import { pattern, type RunRule, runRuleSchema } from './run-rule.ts';

/** A script for a workspace: what goes wrong, when, and what time it is. Rules are tried in the order of the file. */
export interface Scenario {
  /** Name of its file, to be shown. */
  readonly name: string;
  readonly clock?: ScenarioClock;
  /** Least ids of the runs and jobs that are made. */
  readonly ids: { readonly runs?: bigint; readonly jobs?: bigint };
  /** `legacy`: the form with `#job/` that older workspaces answer. */
  readonly runPageUrl?: 'legacy';
  /** `known`: access lists may name only users and groups that exist. */
  readonly principals?: 'known';
  readonly limits: readonly RateLimit[];
  readonly runs: readonly RunRule[];
  readonly requests: readonly RequestRule[];
}

/** The time of a workspace that does not pass by itself. */
interface ScenarioClock {
  /** @defaultValue the time of the machine at the start */
  readonly start?: Date;
  /** Seconds that pass with each request to the API. 0: only `POST /hermes/clock/advance` moves it. */
  readonly stepSeconds: number;
}

/** Most requests of one user in one second. */
export interface RateLimit {
  readonly method?: string;
  readonly path: string;
  readonly perSecond: number;
}

const id = z
  .union([z.string(), z.number(), z.bigint()])
  .refine((value) => /^[1-9]\d{0,17}$/.test(String(value)), {
    message: 'a whole number of at most 18 digits is needed.',
  });

const scenarioSchema = z.strictObject({
  clock: z
    .strictObject({
      start: z.iso.datetime({ offset: true }).optional(),
      step_seconds: z.number().positive().max(86_400).optional(),
      manual: z.literal(true).optional(),
    })
    .refine((clock) => (clock.step_seconds === undefined) !== (clock.manual === undefined), {
      message:
        'give step_seconds (time passes with each request) or manual: true (you advance it), one of the two.',
    })
    .optional(),
  ids: z.strictObject({ runs: id.optional(), jobs: id.optional() }).default({}),
  run_page_url: z.enum(['legacy']).optional(),
  principals: z.enum(['known']).optional(),
  limits: z
    .array(
      z.strictObject({ method: z.string().optional(), path: pattern, per_second: z.number().positive() }),
    )
    .default([]),
  runs: z.array(runRuleSchema).default([]),
  requests: z.array(requestRuleSchema).default([]),
});

/**
 * Reads a scenario, YAML or JSON.
 * @param shown The file as the user would type it.
 * @throws ProblemsError with every mistake at its line
 */
export function readScenario(path: string, shown: string = path): Scenario {
  const document = readDocument(path, shown);
  const found = findSourceProblems(scenarioSchema, document, { kindOfKey: () => 'a key of a scenario' });
  if (found.length > 0) throw new ProblemsError(found);
  const { clock, ids, run_page_url, principals, limits, runs, requests } = scenarioSchema.parse(
    document.value,
  );
  return {
    name: basename(path),
    ...(clock === undefined ? {} : { clock: clockOf(clock.start, clock.step_seconds) }),
    ids: {
      ...(ids.runs === undefined
        ? {}
        : { runs: BigInt(document.typed(['ids', 'runs'])?.replace(/\D/g, '') ?? 0) }),
      ...(ids.jobs === undefined
        ? {}
        : { jobs: BigInt(document.typed(['ids', 'jobs'])?.replace(/\D/g, '') ?? 0) }),
    },
    ...(run_page_url === undefined ? {} : { runPageUrl: run_page_url }),
    ...(principals === undefined ? {} : { principals }),
    limits: limits.map(({ method, path: limited, per_second }) => ({
      ...(method === undefined ? {} : { method }),
      path: limited,
      perSecond: per_second,
    })),
    runs,
    requests,
  };
}

function readDocument(path: string, shown: string): SourceDocument {
  const parse = extname(path) === '.json' ? parseJsonSource : parseYaml;
  const { documents, problems } = parse(shown, readSourceFile(path, shown));
  if (problems.length > 0) throw new ProblemsError(problems);
  const [document] = documents;
  if (document === undefined)
    throw new ProblemsError([{ file: shown, line: 1, column: 1, message: 'The file is empty.' }]);
  return document;
}

function clockOf(start: string | undefined, stepSeconds = 0): ScenarioClock {
  return { ...(start === undefined ? {} : { start: new Date(start) }), stepSeconds };
}
