import assert from 'node:assert/strict';
import { HermesOperator } from '../../../../operators/hermes-operator.ts';
import { Dag } from '../../../../src/dag/dag.ts';
import { compileDag } from '../../../../src/engines/airflow/compile/compile-dags.ts';

class Untagged extends Dag {
  override get tags(): readonly string[] {
    return [];
  }
}

describe('compiling a DAG', () => {
  it('refuses one that holds a task of Hermes and hides it', () => {
    const build = (): void => {
      new HermesOperator({ taskId: 'a', projectName: 'p' });
    };
    assert.throws(() => compileDag(new Untagged('hidden', { team: 'weather' }, build)), {
      code: 'HERMES_NO_SERVICE_TAG',
      message:
        'Cannot compile DAG hidden: it holds a task of Hermes and lacks the tag compaas-service:hermes.',
    });
    assert.match(
      compileDag(new Dag('shown', { team: 'weather' }, build)).line,
      /"tags":\["compaas-service:hermes"\]/,
    );
  });
});
