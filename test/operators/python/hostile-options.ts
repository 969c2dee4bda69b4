import fc from 'fast-check';

/** A task as files write it: what two planners are asked for. */
export interface OptionsCase {
  readonly dag_id: string;
  readonly task_id: string;
  readonly tags: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

const blocks = fc.constantFrom(
  '{{ ds }}',
  '{{ds_nodash}}',
  '{{- ts -}}',
  '{{ logical_date.strftime("%d") }}',
  "{{ data_interval_start | ts | replace('ds', ds) }}",
  '{{ {"ds": ds}["ds"] }}',
  "{{ macros.f(ts=ts, a=ds == 'x') }}",
  '{% if ds > "2026" %}late{% else %}early{% endif %}',
  '{# ds #}',
  '{% raw %}{{ ds }}{% endraw %}',
  '{{ "}}" }}',
  '{{ \'a\\\'b\' ~ "c\\"d" }}',
  '{{ params.x["ds"] }}',
  '{{secrets/my-scope/db.key}}',
  '{{ secrets/a/b }}',
  '{{ secrets/a }}',
);
const pieces = fc.constantFrom(
  ...[
    'x',
    '{',
    '}',
    '{{',
    '}}',
    '{%',
    '%}',
    '{#',
    '#}',
    '-',
    ' ',
    '\n',
    '\r',
    '\r\n',
    '\t',
    '\\',
    '"',
    "'",
    'ds',
    '|',
    '=',
  ],
  ...[
    'é',
    'ß',
    'İ',
    '\u{1F600}',
    '\ud800',
    '\u0000',
    '\u001c',
    '\u0085',
    '\u00a0',
    '\u2028',
    '\ufeff',
    '\u200b',
    'ﬁ',
    'K',
  ],
  ...[
    '.json-tpl',
    '[object Object]',
    '<<team>>',
    '__proto__',
    '%',
    '~',
    ':',
    '..',
    '//',
    '.lock',
    '@{',
    'A',
    'z',
    '0',
    '_',
    '.',
    '/',
  ],
);
const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 12 });
const hostile = fc
  .array(fc.oneof(pieces, ascii, fc.string({ unit: 'grapheme', maxLength: 3 })), { maxLength: 6 })
  .map((parts) => parts.join(''));
const calm = fc
  .array(
    fc.oneof({ weight: 2, arbitrary: blocks }, fc.constantFrom('a', ' ', '\n', '\r', 'x{y}', '#}', "it's")),
    {
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(''));
const words = fc.oneof(
  { weight: 24, arbitrary: calm },
  { weight: 12, arbitrary: ascii.filter((text) => !/[{}]/.test(text)) },
  { weight: 1, arbitrary: hostile },
);
const name = fc.oneof(
  { weight: 60, arbitrary: fc.stringMatching(/^[a-z][a-z0-9]{0,5}([_-][a-z0-9]{1,5}){0,3}$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_]{45,60}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'import', 'json', 'tests', 'build_tools', 'Weather', 'a--b', 'É t', '9x'),
  },
  { weight: 1, arbitrary: hostile },
);

/** Versions and what resembles them. */
export const version: fc.Arbitrary<string> = fc.stringMatching(
  /^ ?([0-2]!)?v?\d{1,3}(\.\d{1,2}){0,3}([._-]?(a|b|rc|alpha|pre|c|RC)[._-]?\d{0,2})?(-\d{1,2}|[._-]?(post|rev|r)\d{0,2})?([._-]?dev\d{0,2})?(\+[a-zA-Z0-9]{1,5}([._-][a-zA-Z0-9]{1,5}){0,2})? ?$/,
);
/** Names of branches, most of them such as git allows. */
export const branch: fc.Arbitrary<string> = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9]{1,8}([/._-][A-Za-z0-9]{1,12}){0,5}$/),
  fc.constantFrom('feature/007-x', 'refs/heads/1.2.0', 'refs/heads/latest', 'feature/öl', 'x'.repeat(250)),
  hostile,
);
const wish = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[A-Za-z0-9]{1,8}([/._-][A-Za-z0-9]{1,12}){0,5}$/) },
  fc.constantFrom(
    'latest',
    '1.5.0',
    'feature/new-column',
    'x_y/Z9',
    'v1.0-RC1',
    '1.5.0+feature.x.h1f0c9d2e.g3f1c2aa0',
    '1.0+007',
    '99999999999999999.1',
  ),
  version,
  branch,
);
const oddity = fc.constantFrom<unknown>(0, 5, true, 'x', [], [1], {}, { a: 1 });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
/** The right kind of value, and now and then another. */
const mostly = <T>(value: fc.Arbitrary<T>) =>
  maybe(fc.oneof({ weight: 60, arbitrary: value }, { weight: 1, arbitrary: oddity }));

const id = fc.oneof(
  { weight: 12, arbitrary: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/) },
  { weight: 6, arbitrary: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{90,249}$/) },
  { weight: 3, arbitrary: fc.constantFrom('x.json-tpl', 'a.b.c', 'A-_.') },
  { weight: 1, arbitrary: fc.constantFrom('resolve_artifacts', '.x', 'é') },
);
const tag = fc.oneof(
  fc.constantFrom(
    'climate',
    'Cost:42',
    'Domain:Clima España',
    'team:x',
    'Vendor:y',
    'a:',
    ':b',
    'x:y:z',
    "o'clock:{{ ds }}",
  ),
  fc.tuple(ascii, hostile).map(([key, value]) => `${key}:${value}`),
  hostile,
);
const variable = fc.oneof(
  { weight: 40, arbitrary: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,9}$/) },
  { weight: 1, arbitrary: fc.constantFrom('DD_ENV', 'HERMES_X', '1A', '', 'toString', 'É') },
);

/** Tasks that are right for the most part, and wrong in every way that files can be. */
export const optionsCase: fc.Arbitrary<OptionsCase> = fc.record({
  dag_id: id,
  task_id: id,
  tags: fc.uniqueArray(tag, { maxLength: 4 }),
  options: fc.record(
    {
      team: fc.oneof(
        { weight: 40, arbitrary: fc.constantFrom('weather', 'sea-ice', 'a_b') },
        { weight: 1, arbitrary: name },
      ),
      project_name: name,
      script_name: mostly(name),
      script_version: mostly(wish),
      library_version: mostly(
        fc.oneof({ weight: 9, arbitrary: fc.constant('none') }, { weight: 9, arbitrary: version }, hostile),
      ),
      parameters: mostly(
        fc.oneof(
          { weight: 8, arbitrary: fc.array(words, { maxLength: 4 }) },
          {
            weight: 1,
            arbitrary: fc.integer({ min: 9970, max: 10_010 }).map((size) => ['"'.padEnd(size - 5, 'x')]),
          },
        ),
      ),
      use_data_sharing: mostly(fc.boolean()),
      view_access_control_list: mostly(
        fc.array(
          fc.oneof(
            { weight: 20, arbitrary: fc.constantFrom('weather', 'data-engineers', 'Büro 3', 'x.json-tpl') },
            hostile,
          ),
          {
            maxLength: 3,
          },
        ),
      ),
      timeout_seconds: mostly(
        fc.oneof(
          { weight: 20, arbitrary: fc.integer({ min: 1, max: 100 }) },
          fc.constantFrom(0, -1, 1.5, 2 ** 54),
        ),
      ),
      env: mostly(fc.dictionary(variable, words, { maxKeys: 3 })),
    },
    { requiredKeys: ['team', 'project_name'] },
  ),
});
