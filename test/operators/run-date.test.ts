import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withRunDate, withWrittenDates } from '../../operators/run-date.ts';

const DS = '(dag_run.logical_date or dag_run.run_after) | ds';

describe('the date of a run in a template', () => {
  it('is written so that it works for runs that were started by hand', () => {
    assert.equal(withRunDate('{{ ds }}'), `{{ ${DS} }}`);
    assert.equal(withRunDate('{{- ds -}}'), `{{- ${DS} -}}`);
    assert.equal(
      withRunDate('x {{ts_nodash}} y {{ ds }}'),
      `x {{${DS}_nodash}} y {{ ${DS} }}`.replace('| ds_nodash', '| ts_nodash'),
    );
    assert.equal(withRunDate('{{ macros.ds_add(ds, -1) }}'), `{{ macros.ds_add((${DS}), -1) }}`);
    assert.equal(withRunDate("{{ ds | replace('-', '') }}"), `{{ (${DS}) | replace('-', '') }}`);
    assert.equal(
      withRunDate("{{ logical_date.strftime('%d') }}"),
      "{{ (dag_run.logical_date or dag_run.run_after).strftime('%d') }}",
    );
    assert.equal(
      withRunDate('{% if ds == data_interval_end | ds %}a{% endif %}'),
      `{% if (${DS}) == (dag_run.data_interval_end or dag_run.run_after) | ds %}a{% endif %}`,
    );
  });

  it('leaves alone what only looks like it', () => {
    for (const text of [
      'ds',
      '{{ params.ds }}',
      "{{ 'ds' }}",
      '{{ "a \\" ds" }}',
      '{{ dag_run.logical_date | ds }}',
      '{{ f(ds=1) }}',
      '{{ ds_add }}',
      '{# ds #}',
      '{% raw %}{{ ds }}{% endraw %}',
      '{{ ds',
    ])
      assert.equal(withRunDate(text), text);
  });

  it('changes nothing outside of expressions', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/\{[{%#]/.test(text));
        assert.equal(withRunDate(text), text);
      }),
    );
  });

  it('is shown as it was written', () => {
    for (const text of [
      '{{ ds }} {{ params.x }}',
      '{{ macros.ds_add(ds, -1) }} {{ ts_nodash_with_tz }}',
      '{{ data_interval_start }}',
    ])
      assert.equal(withWrittenDates(`"${withRunDate(text)}": no`), `"${text}": no`);
  });
});
