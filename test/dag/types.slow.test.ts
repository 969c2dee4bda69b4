import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';

describe('the types of a DAG file', () => {
  it('make every wrong option a compile error, and accept the right ones', () => {
    const project = join(packageRoot, 'test', 'fixtures', 'dag-types');
    const tsc = join(packageRoot, 'node_modules', '.bin', 'tsc');
    const { stdout } = spawnSync(tsc, ['--noEmit', '--pretty', 'false', '-p', project], {
      encoding: 'utf8',
      cwd: project,
    });
    const found = stdout
      .split('\n')
      .filter((line) => /^\S/.test(line))
      .map((line) => line.replace(/,\d+\): error TS\d+:/, '):').split(/\. Did you mean|'"all_done"/)[0]);
    assert.deepEqual(found, [
      "wrong.dag.ts(6): Object literal may only specify known properties, but 'shedule' does not exist in type 'DagOptions'",
      "wrong.dag.ts(9): Property 'projectName' is missing in type '{ taskId: string; }' but required in type 'HermesOptions'.",
      "wrong.dag.ts(10): Object literal may only specify known properties, but 'viewAcessControlList' does not exist in type 'HermesOptions'",
      "wrong.dag.ts(11): Type 'number' is not assignable to type 'string | TableReference'.",
      'wrong.dag.ts(12): Type \'"all_sucess"\' is not assignable to type ',
      "wrong.dag.ts(13): Argument of type 'string' is not assignable to parameter of type 'Task'.",
      "wrong.dag.ts(14): Type 'string' is not assignable to type 'readonly (string | TableReference)[]'.",
      "wrong.dag.ts(14): Object literal may only specify known properties, but 'tabel' does not exist in type 'TableReference'",
      "wrong.dag.ts(18): Type 'string' is not assignable to type 'number'.",
      "wrong.dag.ts(24): Type '{ path: any; from: Date; }' is not assignable to type 'Json'.",
      "wrong.dag.ts(24): Property 'notebokPath' does not exist on type '{ notebookPath: string; }'",
      "wrong.dag.ts(27): Property 'kind' is missing in type '{}' but required in type '{ readonly kind: OperatorKind; }'.",
      "wrong.dag.ts(28): Argument of type '{ taskId: string; }' is not assignable to parameter of type 'OperatorOptions<{ readonly notebookPath: ZodString; }>'.",
      "wrong.dag.ts(29): Object literal may only specify known properties, and 'viewers' does not exist in type 'OperatorOptions<{ readonly notebookPath: ZodString; }>'.",
    ]);
  });
});
