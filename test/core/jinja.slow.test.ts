import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { airflowScope } from '../../src/core/jinja/airflow-scope.ts';
import { renderTemplate } from '../../src/core/jinja.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { pythonTools } from '../python-tools.ts';

const params: JsonObject = {
  city: 'Seattle',
  empty: '',
  days: 3,
  dry: true,
  nothing: null,
  list: [1, 'a', true, null],
  dict: { b: 'two', a: 1, items: [1] },
};
const date = new Date('2026-03-05T06:07:08Z');
const scope = airflowScope({
  dagId: 'd',
  taskId: 't',
  runId: 'manual__1',
  runType: 'manual',
  logicalDate: date,
  runAfter: date,
  tryNumber: 1,
  params,
  conf: {},
  variables: {},
  returnValues: {},
});

const atom = fc.oneof(
  fc.constantFrom(
    'ds',
    'params.city',
    'params.days',
    'params.dry',
    'params.nothing',
    'params.list',
    'params.dict',
    'params.nope',
  ),
  fc.constantFrom(
    "params['city']",
    "params.dict['a']",
    'params.dict.b',
    'params.list[0]',
    'params.list[-1]',
    'params.empty',
  ),
  fc.constantFrom(
    "params.get('days')",
    "params.dict.get('z', 5)",
    'dag_run.logical_date',
    'dag_run.run_id',
    'True',
    'none',
    'false',
  ),
  fc.integer({ min: 0, max: 20 }).map(String),
  fc
    .string({ maxLength: 6 })
    .filter((text) => /^[\x20-\x7e]*$/.test(text) && !/['\\{}%#]/.test(text))
    .map((text) => `'${text}'`),
);
const filterCall = fc.constantFrom(
  ...[
    'upper',
    'lower',
    "default('x')",
    "default('x', true)",
    'length',
    "join('-')",
    'tojson',
    'int',
    'string',
    'trim',
  ],
  ...["replace('a', 'b')", 'first', 'last', 'list', 'capitalize', 'abs', 'ds', 'ts_nodash', 'd(1)'],
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.tuple(tie('expression'), filterCall).map(([value, call]) => `(${value}) | ${call}`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('~', '+', '-', '*', '//', '%', '==', '!=', '<', '>=', 'and', 'or', 'in'),
        tie('expression'),
      )
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([a, b, c]) => `(${a} if ${b} else ${c})`),
    tie('expression').map((value) => `not ${value}`),
    tie('expression').map((value) => `(${value}) is defined`),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
  ),
}));
const template = fc.oneof(
  expression.map((value) => `{{ ${value} }}`),
  expression.map((value) => `a{%- if ${value} %} yes {% else -%} no{% endif %}\n`),
  fc
    .tuple(fc.string({ maxLength: 8 }), expression)
    .map(([text, value]) => `${text}{{- ${value} }}${text}\n\n`),
);

describe('templates against real Jinja2', () => {
  it('come out the same, or are refused', function () {
    this.timeout(180_000);
    const templates = fc.sample(template, { numRuns: 4000, seed: 20261121 });
    const expected = oracle(templates);
    let same = 0;
    templates.forEach((text, index) => {
      const [isRendered, result] = expected[index] ?? [false, ''];
      const ours = attempt(text);
      if (ours === undefined) return;
      assert.ok(
        isRendered,
        `${JSON.stringify(text)} renders as ${JSON.stringify(ours)} here; Jinja says ${result}`,
      );
      assert.equal(ours, result, text);
      same++;
    });
    // Refusing everything would be no achievement.
    const renderable = expected.filter(([isRendered]) => isRendered).length;
    assert.ok(same > renderable * 0.75, `${same} of ${renderable} templates that Jinja renders`);
  });
});

function attempt(text: string): string | undefined {
  try {
    return renderTemplate(text, scope);
  } catch {
    return undefined;
  }
}

function oracle(templates: readonly string[]): readonly (readonly [boolean, string])[] {
  const input = JSON.stringify({ params, templates });
  const script = join(packageRoot, 'test', 'core', 'jinja-oracle.py');
  return JSON.parse(
    execFileSync(join(pythonTools('test'), 'python'), [script], { input, maxBuffer: 2 ** 28 }).toString(),
  );
}
