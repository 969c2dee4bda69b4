import assert from 'node:assert/strict';
import { parseRun } from '../../../src/databricks/runs/parse-run.ts';
import type { RunOutput } from '../../../src/databricks/runs/run.ts';
import { outcomeOf } from '../../../src/databricks/runs/run-outcome.ts';

const RAISED = 'Workload failed, see run output for details';

function explained(message: string, output?: Partial<RunOutput>) {
  const state = {
    life_cycle_state: message === RAISED ? 'TERMINATED' : 'INTERNAL_ERROR',
    result_state: 'FAILED',
    state_message: message,
  };
  const whole = output === undefined ? undefined : { logs: '', logsTruncated: false, ...output };
  const outcome = outcomeOf(parseRun({ run_id: 1, job_id: 2, state }), whole);
  return outcome.succeeded ? undefined : [outcome.actor, outcome.message, outcome.advice];
}

describe('the advice on a failed run', () => {
  it('shows what argparse said, which an exit code does not', () => {
    const logs =
      'starting\nusage: probe.py [-h] mode rest\nprobe.py: error: the following arguments are required: mode, rest\n';
    assert.deepEqual(explained(RAISED, { error: 'SystemExit: 2', errorTrace: 'SystemExit: 2', logs }), [
      'user',
      'SystemExit: 2: the following arguments are required: mode, rest',
      'Your script refuses its parameters: correct them where it is started.',
    ]);
    assert.deepEqual(explained(RAISED, { error: 'SystemExit: 2', errorTrace: 'SystemExit: 2', logs: 'x' }), [
      'user',
      'SystemExit: 2',
      'Your script raised it.',
    ]);
  });

  it('says where a missing module belongs', () => {
    const error = "ModuleNotFoundError: No module named 'pandas.core'";
    assert.deepEqual(explained(RAISED, { error, errorTrace: error }), [
      'user',
      error,
      'Nothing that was installed holds pandas: add the package that does to dependencies in the pyproject.toml of the project, then publish it.',
    ]);
  });

  it('does not say of a killed process that its script raised anything', () => {
    const killed = 'The Python process exited with exit code 137 (SIGKILL).';
    const memory = ` This may have been caused by an OOM error. Check your command's memory usage.`;
    assert.equal(
      explained(RAISED, { error: killed + memory })?.[2],
      'A signal ended the process of your script, mostly for lack of memory or by a crash in native code: read less at a time, or ask the platform team for a larger machine.',
    );
    assert.equal(
      explained(RAISED, { error: 'The Python process exited with exit code 139 (SIGSEGV).' })?.[2],
      'A signal ended the process of your script, mostly for lack of memory or by a crash in native code: read less at a time, or ask the platform team for a larger machine.',
    );
  });

  it('leads from a missing or damaged file of the store to the store, not to the dependencies of the project', () => {
    for (const reason of [
      'The library file does not exist.',
      "ERROR: Wheel 'probe' located at /tmp/probe-0.1.0-py3-none-any.whl is invalid.",
    ])
      assert.deepEqual(explained(`Library installation failed for library: ${reason}`)?.slice(2), [
        'A published file is missing or damaged in the artifact store, which is no fault of the project: hermes artifacts verify names it.',
      ]);
    assert.deepEqual(explained('Library installation failed for library: no such package x')?.slice(2), [
      'The packages that your project needs cannot be installed: see dependencies in its pyproject.toml.',
    ]);
  });
});
