import fc from 'fast-check';
import { z } from 'zod';
import { defineOperator } from '../../../operators/define-operator.ts';
import { HermesOperator } from '../../../operators/hermes-operator.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { Dag } from '../../../src/dag/dag.ts';

/** What text formats, Python, Jinja, HTML, terminals and databases have trouble with. */
const fragments = [
  ...[
    '"',
    "'",
    "'''",
    '"""',
    '\\',
    '\\"',
    '\\n',
    '`',
    '$(touch x)',
    '$HOME',
    '{% endraw %}',
    '{%- endraw -%}',
    '%s',
    '%(x)s',
    '%%',
  ],
  ...['\n', '\r', '\r\n', '\t', ' ', '  ', '\n\n', '#', '-'],
  ...[
    '{',
    '}',
    '{{',
    '}}',
    '{%',
    '%}',
    '{#',
    '#}',
    '{{ ds }}',
    "{{ '",
    "' }}",
    '{{ var.value.x }}',
    '{% raw %}',
  ],
  ...['{{ params.region }}', "{{ ds | replace('-', '') }}", '{{ ts_nodash }}', '{% if ds %}a{% endif %}'],
  ...[
    '.md',
    '.json-tpl',
    '/etc/passwd',
    '__proto__',
    '__type',
    '__var',
    '</script><script>',
    '<!--',
    '&amp;',
  ],
  ...[
    "__import__('os').system('x')",
    ')\nimport os\n',
    '\u2028',
    'é',
    'e\u0301',
    '日本',
    '🌦',
    '\u202e',
    '\u200b',
  ],
  ...['\0', '\x1b[31m', '\ud800', '\ufeff', 'null', 'None', 'true', '0', '1e5', 'a'],
];

const text = (pieces = 6): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...fragments), { minLength: 1, maxLength: pieces }).map((all) => all.join(''));
const printable = fragments.filter((fragment) => /^[\t\n\r\x20-\x7e]*$/.test(fragment));
const ascii = fc
  .array(fc.constantFrom(...printable), { minLength: 0, maxLength: 5 })
  .map((all) => all.join(''));
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    text(3),
    fc.constantFrom<unknown>(null, true, false, 0, -1, 2 ** 53 - 1, 0.1, 1e308, 5e-324, ''),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text(2), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** An operator of a team, whose requests have other shapes than those of Hermes. */
const NotebookOperator = defineOperator({
  key: 'notebook',
  options: { path: z.string(), parameters: z.record(z.string(), z.string()).optional() },
  plan: ({ options, text: template }) => ({
    submit: {
      tasks: [
        {
          notebook_task: {
            notebook_path: template(options.path),
            base_parameters: Object.fromEntries(
              Object.entries(options.parameters ?? {}).map(([name, each]) => [name, template(each)]),
            ),
          },
          new_cluster: { num_workers: 2 },
        },
      ],
    },
  }),
});

export interface HostileDag {
  readonly dag: Dag;
  /** Text of its documentation. */
  readonly doc: string | undefined;
}

/** A DAG that is hostile wherever a text may stand; its checks may refuse it. */
export function hostileDag(id: string): fc.Arbitrary<HostileDag> {
  const options = fc.record({
    description: rarely(text()),
    owner: rarely(text(3)),
    doc: rarely(text(12)),
    tags: rarely(fc.uniqueArray(text(3), { maxLength: 3 })),
    pool: rarely(text(3)),
    params: rarely(fc.dictionary(text(2), value, { maxKeys: 4, noNullPrototype: true })),
  });
  const script = fc.record({
    parameters: rarely(fc.array(ascii, { maxLength: 4 })),
    env: rarely(
      fc.dictionary(fc.constantFrom('A', 'B', 'MORE'), ascii, { maxKeys: 3, noNullPrototype: true }),
    ),
    viewAccessControlList: rarely(fc.array(text(3), { maxLength: 2 })),
  });
  const notebook = fc.record({
    path: ascii,
    parameters: rarely(
      fc.dictionary(fc.constantFrom('a', '{{ ds }}', '"', '__proto__'), ascii, { noNullPrototype: true }),
    ),
  });
  return fc.tuple(options, script, notebook).map(([{ doc, params, ...rest }, own, other]) => {
    const known = { ...defined(rest), team: 'weather', params: { region: 'north', ...params } as JsonObject };
    const dag = new Dag(id, known, () => {
      new HermesOperator({ taskId: 'script', projectName: 'observations', ...defined(own) });
      new NotebookOperator({
        taskId: 'notebook',
        path: other.path,
        ...defined({ parameters: other.parameters }),
      });
    });
    return { dag, doc };
  });
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, each]) => each !== undefined)) as Defined<T>;
}
