import type { Pin } from '../../../artifacts/pin.ts';
import { ConfigError, ConnectionError, type HermesError } from '../../../core/errors.ts';
import { isLimit } from '../../../databricks/http/failure.ts';
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

/** Says why a submit did not become a run, and what cures it: the step that the error itself names. */
export function describeRefusal(error: HermesError): AttemptError {
  const { message, nextStep, facts, code } = error;
  // https://docs.databricks.com/api/workspace/jobs/submit: the token of a run that was deleted is an error.
  if (/idempotency.?token/i.test(message) && /delete/i.test(message))
    return { message, actor: 'user', kind: 'request', advice: DELETED };
  const advice = nextStep === undefined ? {} : { advice: nextStep };
  // Credentials that are not taken, a right that is missing, or something else that answers in the workspace's place.
  if (error instanceof ConnectionError)
    return {
      message,
      actor: code === 'HERMES_DATABRICKS_FORBIDDEN' ? 'platform' : 'user',
      kind: 'permission',
      ...advice,
    };
  const isQuota = isLimit(String(facts.code ?? ''), message.slice(message.indexOf(': ') + 2));
  // A bad request is a mistake of who wrote it, as of an operator of the team.
  if (error instanceof ConfigError || (facts.status === 400 && !isQuota))
    return {
      message,
      actor: 'user',
      kind: 'request',
      advice: 'The workspace refused the request.',
      ...advice,
    };
  return { message, actor: 'platform', kind: isQuota ? 'quota' : 'databricks' };
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
