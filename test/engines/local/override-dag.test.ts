import { strict as assert } from 'node:assert';
import { operators } from '../../../operators/registry.ts';
import { overrideDag, parseOverride } from '../../../src/engines/local/plan/override-dag.ts';
import { testDag } from './engine-under-test.ts';

const dag = testDag(
  [
    ['clean.up', 'clean'],
    ['report', 'report', { dependsOn: ['clean.up'], scriptVersion: '1.0.0' }],
  ],
  { retries: 1 },
);
const set = (...texts: string[]) => overrideDag(dag, texts.map(parseOverride), operators);

describe('options set for one run', () => {
  it('replace those of a task and leave the DAG as it was', () => {
    const changed = set(
      'report.script_version=feature/x',
      'clean.up.parameters=["--day", "1"]',
      'report.retries=3',
    );
    const [clean, report] = changed.plans();
    assert.equal(report?.artifacts?.scriptVersion, 'feature/x');
    assert.match(JSON.stringify(clean?.submit), /"parameters":\["--day","1"\]/);
    assert.equal(changed.task('report').options.retries, 3);
    assert.deepEqual([...changed.task('report').upstream], ['clean.up']);
    assert.equal(dag.plans()[1]?.artifacts?.scriptVersion, '1.0.0');
    assert.deepEqual(changed.options, dag.options);
  });

  it('keep a version a text, even when it looks like a number', () => {
    assert.equal(set('report.script_version=1.10').plans()[1]?.artifacts?.scriptVersion, '1.10');
  });

  it('are refused with the names that there are', () => {
    assert.throws(() => set('reprot.retries=1'), {
      message: 'DAG seattle has no task "reprot". Tasks: clean.up, report.',
      nextStep: 'Did you mean report?',
    });
    assert.throws(() => set('report.script_verson=x'), {
      message:
        'Cannot set report.script_verson: HermesOperator has no such option. Options: retries, retry_delay_seconds, retry_exponential_backoff, max_retry_delay_seconds, execution_timeout_seconds, pool, deferrable, trigger_rule, on_success_callback, on_failure_callback, on_retry_callback, on_execute_callback, team, project_name, script_name, script_version, library_version, parameters, inputs, outputs, use_data_sharing, view_access_control_list, timeout_seconds, env',
      nextStep: 'Did you mean script_version?',
    });
    assert.throws(() => set('report'), {
      message: 'Cannot read --set "report": it must be task.option=value',
    });
    assert.throws(() => set('report.constructor=1'), { code: 'HERMES_OVERRIDE_OPTION' });
  });
});
