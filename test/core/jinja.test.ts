import { strict as assert } from 'node:assert';
import { type AirflowFacts, airflowScope } from '../../src/core/jinja/airflow-scope.ts';
import { renderJson, renderTemplate } from '../../src/core/jinja.ts';

const facts: AirflowFacts = {
  dagId: 'seattle_weather',
  taskId: 'clean',
  runId: 'manual__2026-03-05T06:07:08+00:00',
  runType: 'manual',
  logicalDate: new Date('2026-03-05T06:07:08Z'),
  runAfter: new Date('2026-03-05T06:07:08Z'),
  dataIntervalStart: new Date('2026-03-05T06:07:08.250Z'),
  dataIntervalEnd: new Date('2026-03-05T06:07:08.250Z'),
  tryNumber: 2,
  params: {
    city: 'Seattle',
    days: 3,
    dry: true,
    nothing: null,
    list: [1, 'a', true],
    nested: { get: 'own', deep: { x: 1 } },
  },
  conf: {},
  variables: {
    hermes_weather: { cluster_policy_id: 'P1', datadog: { tags: ['a:b'] } },
    city: 'Vigo',
    text: '{"n": 5}',
  },
  returnValues: { resolve_artifacts: { 'clean.up': { script_url: 's3://b/x.py', wheel_url: '' } } },
};
const render = (template: string) => renderTemplate(template, airflowScope(facts));
const fails = (template: string, message: string) => assert.throws(() => render(template), { message });

describe('templates', () => {
  it('know the dates of a run in every form of Airflow', () => {
    const cases = {
      '{{ ds }} {{ ds_nodash }}': '2026-03-05 20260305',
      '{{ ts }} {{ ts_nodash }}': '2026-03-05T06:07:08+00:00 20260305T060708',
      '{{ ts_nodash_with_tz }}': '20260305T060708+0000',
      '{{ logical_date }}': '2026-03-05 06:07:08+00:00',
      '{{ data_interval_start }}': '2026-03-05 06:07:08.250000+00:00',
      '{{ (dag_run.logical_date or dag_run.run_after) | ds }}': '2026-03-05',
      "{{ dag_run.logical_date.strftime('%d/%m/%y %j %A') }}": '05/03/26 064 Thursday',
      '{{ macros.ds_add(ds, -5) }}': '2026-02-28',
    };
    for (const [template, text] of Object.entries(cases)) assert.equal(render(template), text, template);
  });

  it('reach variables, params, pins and the task instance', () => {
    const cases = {
      '{{ var.json.hermes_weather.cluster_policy_id }}': 'P1',
      '{{ var.value.city }}/{{ var.json.text.n }}': 'Vigo/5',
      "{{ var.value.get('missing', 'x') }}": 'x',
      "{{ ti.xcom_pull(task_ids='resolve_artifacts')['clean.up']['script_url'] }}": 's3://b/x.py',
      '{{ params.nested.deep.x }} {{ params["city"] }}': '1 Seattle',
      '{{ dag.dag_id }}/{{ ti.task_id }}/{{ ti.map_index }}/{{ ti.try_number }}':
        'seattle_weather/clean/-1/2',
      "{{ (['env:dev'] + var.json.hermes_weather.datadog.tags) | join(',') }}": 'env:dev,a:b',
    };
    for (const [template, text] of Object.entries(cases)) assert.equal(render(template), text, template);
  });

  it('make the same UUIDs as Python', () => {
    // python3 -c "import uuid; print(uuid.uuid5(uuid.NAMESPACE_URL, 'seattle_weather/clean'))"
    assert.equal(
      render("{{ macros.uuid.uuid5(macros.uuid.NAMESPACE_URL, 'seattle_weather/clean') }}"),
      '09d91d2f-cbef-50d2-97f3-758d0c2a50f6',
    );
  });

  it('print values as Python does', () => {
    assert.equal(
      render('{{ params.dry }} {{ params.nothing }} {{ params.list }}'),
      "True None [1, 'a', True]",
    );
    assert.equal(render('{{ params.nested.deep }} {{ 0.00001 }} {{ "it\'s" }}'), "{'x': 1} 1e-05 it's");
  });

  it('drop one line end at the very end, as Jinja does', () => {
    assert.equal(render('a\r\nb\n\n'), 'a\nb\n');
  });

  it('keep a text without a template as it is, braces included', () => {
    assert.equal(render('{"a": 1} }} %}'), '{"a": 1} }} %}');
  });

  it('name what is missing, and the nearest name', () => {
    fails('{{ dss }}', 'Cannot render the template "{{ dss }}": dss is undefined. Did you mean ds?');
    fails(
      '{{ params.town }}',
      'Cannot render the template "{{ params.town }}": params.town is undefined: there is no "town". It has: city, days, dry, nothing, list, nested.',
    );
    fails(
      "x{{ 'a' ~ params.town }}",
      'Cannot render the template "x{{ \'a\' ~ params.town }}": params.town is undefined: there is no "town". It has: city, days, dry, nothing, list, nested.',
    );
    assert.equal(render("{{ params.town | default('Vigo') }} {{ params.town is defined }}"), 'Vigo False');
  });

  it('say what is wrong in a template that does not parse', () => {
    assert.throws(() => render('{{ ds '), { code: 'HERMES_TEMPLATE_SYNTAX' });
    assert.throws(() => render('{% if ds %}x'), { code: 'HERMES_TEMPLATE_SYNTAX' });
    for (const strange of [
      'a{% raw %}{{ ds }}',
      '{% raw %}{%- endraw %}',
      '{%- raw %}a{% endraw %}',
      '{% raw %}{% raw %}{% endraw %}',
    ])
      fails(
        strange,
        `Cannot render the template "${strange}": a raw block is written {% raw %}…{% endraw %}, without "-" and without another one in it.`,
      );
    assert.equal(render("{%raw%}{{ ds }}{% endraw %}{{ '{% raw %}' }}"), '{{ ds }}{% raw %}');
  });

  it('refuse what would come out otherwise in Airflow', () => {
    for (const template of [
      '{% for x in params.list %}{{ x }}{% endfor %}',
      '{% set x = 1 %}',
      '{{ params.days / 2 }}',
      '{{ "a" ~ 1 + 2 }}',
      '{{ 2 * 7 % 4 }}',
      '{{ params.days === 3 }}',
      '{{ ds | date }}',
      '{{ macros }}',
      '{{ params.city() }}',
      '{{ params.nested.get }}',
    ]) {
      assert.throws(() => render(template), { code: 'HERMES_TEMPLATE' }, template);
    }
  });

  it('reach nothing of JavaScript', () => {
    for (const template of [
      '{{ params.constructor }}',
      '{{ params.__proto__ }}',
      '{{ params.list.map }}',
      "{{ ti.xcom_pull.constructor('return process')() }}",
      '{{ params.city.length }}',
      '{{ params.city.__class__ }}',
      '{{ constructor }}',
    ]) {
      assert.throws(() => render(template), { code: 'HERMES_TEMPLATE' }, template);
    }
  });

  it('render every text of a JSON value and leave the rest', () => {
    const value = { '{{ ds }}': ['{{ ds }}', 1, true, null], deep: { n: 12345678901234567890n } };
    assert.deepEqual(renderJson(value, airflowScope(facts)), {
      '{{ ds }}': ['2026-03-05', 1, true, null],
      deep: { n: 12345678901234567890n },
    });
  });

  it('have no dates in a run without a logical date', () => {
    const { logicalDate: _none, ...rest } = facts;
    assert.throws(() => renderTemplate('{{ ds }}', airflowScope(rest)), {
      message: 'Cannot render the template "{{ ds }}": ds is undefined. Did you mean dag?',
    });
  });
});
