import type { Pin } from '../../../artifacts/pin.ts';
import { ConfigError, type HermesError } from '../../../core/errors.ts';
import type { Run, RunOutput } from '../../../databricks/runs/run.ts';
import { outcomeOf } from '../../../databricks/runs/run-outcome.ts';
import { userFrame } from '../../../databricks/runs/traceback.ts';
import type { AttemptError } from '../record/run-record.ts';

/** Says why a run ended without success, from what the workspace and the driver tell. */
export function describeFailure(run: Run, output: RunOutput | undefined, pin: Pin | undefined): AttemptError {
  const outcome = outcomeOf(run, output);
  if (outcome.succeeded) throw new Error(`run ${run.runId} did not fail`);
  const { cause, actor, message, advice } = outcome;
  const trace = output?.errorTrace ?? '';
  const place = pin === undefined ? ownPlace(trace) : userPlace(trace, pin);
  return { message, actor, kind: cause, advice, ...(place === undefined ? {} : { place }) };
}

const DELETED =
  'Someone deleted the run of this attempt on the workspace. Make another attempt: hermes dag run --resume.';

/** Says why a submit did not become a run. */
export function describeRefusal(error: HermesError): AttemptError {
  const { message } = error;
  // https://docs.databricks.com/api/workspace/jobs/submit: the token of a run that was deleted is an error.
  if (/idempotency.?token/i.test(message) && /delete/i.test(message))
    return { message, actor: 'user', kind: 'request', advice: DELETED };
  const isQuota = /QUOTA|LIMIT|EXHAUSTED/.test(String(error.facts.code ?? ''));
  // A bad request is a mistake of who wrote it, as of an operator of the team.
  if (error instanceof ConfigError || (error.facts.status === 400 && !isQuota))
    return { message, actor: 'user', kind: 'request', advice: 'The workspace refused the request.' };
  const kind = error.code === 'HERMES_DATABRICKS_FORBIDDEN' ? 'permission' : isQuota ? 'quota' : 'databricks';
  return { message, actor: 'platform', kind };
}

/** Of code that Hermes did not publish only the path tells whose it is. */
function ownPlace(trace: string): string | undefined {
  const frame = userFrame(trace);
  return frame === undefined ? undefined : `${frame.file}:${frame.line}`;
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
