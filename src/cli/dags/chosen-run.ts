import { dirname } from 'node:path';
import { parse } from 'yaml';
import { ConfigError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { Dag } from '../../dag/dag.ts';
import type { LoadedDag } from '../../dag/load-dags.ts';
import { overrideDag, parseOverride } from '../../engines/local/plan/override-dag.ts';
import type { DagChoices } from '../runs/run-options.ts';
import type { StartOptions } from './asked-run.ts';

/** A run of a loaded DAG as the options want it. @throws ConfigError for an option or param that it does not have */
export function startOf(
  loaded: LoadedDag,
  options: DagChoices,
  { runId, parallel }: { readonly runId?: string; readonly parallel: number },
): StartOptions {
  const { logicalDate } = options;
  return {
    dag: overrideDag(loaded.dag, options.set.map(parseOverride), loaded.operators),
    environment: options.env,
    source: loaded.shownFile,
    folder: dirname(loaded.file),
    params: paramsOf(loaded.dag, options.param),
    parallel,
    ...(runId === undefined ? {} : { runId }),
    ...(logicalDate === undefined ? {} : { logicalDate }),
  };
}

/** @throws ConfigError for a name that the DAG does not declare: a misspelt one would leave the default in place. */
function paramsOf(dag: Dag, texts: readonly string[]): JsonObject {
  const given = parseParams(texts);
  const known = Object.keys(dag.options.params ?? {});
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return given;
  const declared = known.length === 0 ? 'It declares none.' : `Params: ${known.join(', ')}.`;
  throw new ConfigError(`DAG ${dag.dagId} has no param ${JSON.stringify(unknown)}. ${declared}`, {
    code: 'HERMES_UNKNOWN_PARAM',
    nextStep: didYouMean(unknown, known) ?? 'Declare it, with a default, under params in the DAG file.',
  });
}

/** Values of params, each `name=value`. @throws ConfigError for one that is not */
export function parseParams(texts: readonly string[]): JsonObject {
  return Object.fromEntries(texts.map(parseParam));
}

/** `name=value`; the value as YAML writes it, so that `5` is a number and `2026-01-01` a text. */
function parseParam(text: string): readonly [string, Json] {
  const equals = text.indexOf('=');
  if (equals > 0) return [text.slice(0, equals), parse(text.slice(equals + 1)) as Json];
  throw new ConfigError(`Cannot read --param ${JSON.stringify(text)}: it must be name=value`, {
    code: 'HERMES_PARAM_SHAPE',
    nextStep: 'For example: --param city=Seattle',
  });
}
