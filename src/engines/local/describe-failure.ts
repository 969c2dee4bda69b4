import type { Pin } from '../../artifacts/pin.ts';
import type { Run, RunOutput } from '../../databricks/run.ts';
import { actorOf } from '../../databricks/run-state.ts';
import type { AttemptError } from './run-record.ts';

/** Says in a line why a run ended without success, from what the workspace and the driver tell. */
export function describeFailure(run: Run, output: RunOutput | undefined, pin: Pin): AttemptError {
  const actor = actorOf(run);
  const kind = kindOf(run, actor, output);
  const message =
    output?.error?.trim() ||
    run.state.message ||
    `the run ended as ${run.state.result ?? run.state.lifeCycle}`;
  const place = userPlace(output?.errorTrace ?? '', pin);
  return { message, actor, kind, ...(place === undefined ? {} : { place }) };
}

function kindOf(run: Run, actor: AttemptError['actor'], output: RunOutput | undefined): AttemptError['kind'] {
  if (run.state.result === 'TIMEDOUT') return 'timeout';
  if (run.state.result === 'CANCELED') return 'canceled';
  if (actor === 'platform') return 'platform';
  const codes = [run.state, ...run.tasks.map((task) => task.state)].map(
    ({ termination }) => termination?.code,
  );
  if (codes.includes('LIBRARY_INSTALLATION_ERROR')) return 'libraries';
  // Killed, or ended by os._exit: the driver has an output, but Python had no time for a traceback.
  return output !== undefined && (output.errorTrace ?? '') === '' ? 'ended' : 'raised';
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
