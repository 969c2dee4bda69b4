import type { Pin } from '../../artifacts/pin.ts';
import { ConfigError, type HermesError } from '../../core/errors.ts';
import type { Run, RunOutput } from '../../databricks/run.ts';
import { outcomeOf } from '../../databricks/run-outcome.ts';
import type { AttemptError } from './run-record.ts';

/** Says why a run ended without success, from what the workspace and the driver tell. */
export function describeFailure(run: Run, output: RunOutput | undefined, pin: Pin): AttemptError {
  const outcome = outcomeOf(run, output);
  if (outcome.succeeded) throw new Error(`run ${run.runId} did not fail`);
  const { cause, actor, message, advice } = outcome;
  const place = userPlace(output?.errorTrace ?? '', pin);
  return { message, actor, kind: cause, advice, ...(place === undefined ? {} : { place }) };
}

/** Says why a submit did not become a run. */
export function describeRefusal(error: HermesError): AttemptError {
  const { message } = error;
  if (error instanceof ConfigError)
    return { message, actor: 'user', kind: 'request', advice: 'The workspace refused the request.' };
  const isQuota = /QUOTA|LIMIT|EXHAUSTED/.test(String(error.facts.code ?? ''));
  const kind = error.code === 'HERMES_DATABRICKS_FORBIDDEN' ? 'permission' : isQuota ? 'quota' : 'databricks';
  return { message, actor: 'platform', kind };
}

/**
 * The last line of a Python traceback that is the user's own: in the script, or in the project's library.
 * Without such a frame, nothing.
 */
export function userPlace(trace: string, pin: Pin): string | undefined {
  const script = decodeURIComponent(pin.scriptUrl.split('/').at(-1) ?? '');
  const library = `site-packages/${pin.project.replaceAll('-', '_')}/`;
  const frames = [...trace.matchAll(/^\s*File "([^"\n]+)", line (\d+)/gm)].reverse();
  for (const [, path = '', line = ''] of frames) {
    if (path.split('/').at(-1) === script) return `${pin.project}/${pin.script}.py:${line}`;
    const inside = path.lastIndexOf(library);
    if (inside >= 0) return `${pin.project}/${path.slice(inside + library.length)}:${line}`;
  }
  return undefined;
}
